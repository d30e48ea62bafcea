// Counters and times for Prometheus. Labels are from closed sets: routes by their pattern, errors by their code.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Counts one for these label values. Declaring a name twice gives the same counter. */
  counter(name: string, help: string, labels: readonly string[]): (...values: string[]) => void;
  /** Sets the value that stands now for these label values. */
  gauge(name: string, help: string, labels: readonly string[]): (value: number, ...values: string[]) => void;
  /** Observes a value; buckets in the unit of the name (`_seconds`). */
  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    buckets?: readonly number[],
  ): (value: number, ...values: string[]) => void;
  /** The exposition text. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** A registry of its own: several apps in one process (tests) do not share counts. */
export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'tongxing_' });
  return {
    counter(name, help, labels) {
      const full = `tongxing_${name}`;
      const counter =
        (register.getSingleMetric(full) as Counter | undefined) ??
        new Counter({ name: full, help, labelNames: [...labels], registers: [register] });
      return (...values) => counter.labels(...values).inc();
    },
    gauge(name, help, labels) {
      const full = `tongxing_${name}`;
      const gauge =
        (register.getSingleMetric(full) as Gauge | undefined) ??
        new Gauge({ name: full, help, labelNames: [...labels], registers: [register] });
      return (value, ...values) => gauge.labels(...values).set(value);
    },
    histogram(name, help, labels, buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]) {
      const full = `tongxing_${name}`;
      const histogram =
        (register.getSingleMetric(full) as Histogram | undefined) ??
        new Histogram({
          name: full,
          help,
          labelNames: [...labels],
          buckets: [...buckets],
          registers: [register],
        });
      return (value, ...values) => histogram.labels(...values).observe(value);
    },
    text: () => register.metrics(),
    contentType: register.contentType,
  };
}
