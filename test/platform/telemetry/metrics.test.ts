import { createMetrics } from '../../../idp/platform/telemetry/metrics.ts';

test('a counter asked for twice is one counter', async () => {
  const metrics = createMetrics();
  metrics.counter('codes_sent', 'Codes sent', ['way'])('sms');
  metrics.counter('codes_sent', 'Codes sent', ['way'])('sms');
  expect(await metrics.text()).toContain('tongxing_codes_sent{way="sms"} 2');
});

test('times fall into buckets', async () => {
  const metrics = createMetrics();
  metrics.histogram('wait_seconds', 'Waiting', ['what'])(0.03, 'authority');
  const text = await metrics.text();
  expect(text).toContain('tongxing_wait_seconds_bucket{le="0.025",what="authority"} 0');
  expect(text).toContain('tongxing_wait_seconds_bucket{le="0.05",what="authority"} 1');
});

test('two servers in one process do not count for each other', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.counter('codes_sent', 'Codes sent', [])();
  expect(await other.text()).not.toContain('tongxing_codes_sent');
});

test('the figures of the process are there, in the format that Prometheus reads', async () => {
  const metrics = createMetrics();
  expect(await metrics.text()).toContain('tongxing_process_resident_memory_bytes');
  expect(metrics.contentType).toContain('text/plain');
});
