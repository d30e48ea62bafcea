// The stand-ins for what lies outside the system: population register, mobile operators, text-message carrier, as real
// HTTP servers, with made-up people in them. Not here: anything that runs in production; it refuses to.
import http from 'node:http';
import Koa from 'koa';
import { z } from 'zod';
import type { Router } from '@koa/router';
import type { Clock } from '../platform/base/clock.ts';
import { DURATION_RULE, isDuration, seconds } from '../platform/base/duration.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Feature } from '../platform/http/feature.ts';
import type { Log } from '../platform/telemetry/log.ts';
import { mobileOperator, populationRegister } from './authorities.ts';
import { createBehaviours, type StandIn } from './behaviour.ts';
import { otherRoutes, smsCarrier } from './carriers/carrier.ts';
import type { CarrierParts } from './carriers/parts.ts';
import { createOutbox } from './outbox.ts';
import { createPopulation } from './population.ts';
import { hubRoutes, standInRoutes, type Shared } from './routes.ts';
import type { SharedKey, StandInParts } from './stand-in.ts';
import { counterTerminal, openDesk, type CounterParts } from './vendors/counter-terminal/counter-terminal.ts';
import { createSims, simChanged } from './vendors/sims.ts';
import { VENDORS } from './vendors/vendors.ts';

export { PERSONAS, type Persona } from './personas.ts';
export { seedPosts, type PostParts } from './posts.ts';
export { seedPersonas, type SeedParts } from './seed.ts';
export type { StandIn } from './behaviour.ts';
export type { SharedKey } from './stand-in.ts';

const port = z.number().int().min(1).max(65_535);

export const sandboxSettings = z.strictObject({
  enabled: z.boolean().describe('Whether the stand-ins for outside systems run; refused in production.'),
  host: z.string().min(1).describe('Address the stand-ins listen on; keep it to this machine.'),
  slowness: z
    .string()
    .refine((text) => isDuration(text), DURATION_RULE)
    .describe('How late a stand-in that was told to be slow answers, a duration such as 5s.'),
  ports: z
    .strictObject({
      hub: port.describe('TCP port of the personas and the control page.'),
      populationRegister: port.describe('TCP port of the population register.'),
      mobileOperator: port.describe('TCP port of the mobile operators.'),
      smsCarrier: port.describe('TCP port of the text-message carrier and its outbox.'),
    })
    .describe('TCP ports of the stand-ins.'),
});

export type SandboxSettings = z.output<typeof sandboxSettings>;

/** Paths that signed questions and messages are posted to. */
export const POPULATION_REGISTER_PATH = '/v1/name-number';
export const MOBILE_OPERATOR_PATH = '/v1/name-number-phone';
export const SIM_CHANGED_PATH = `${MOBILE_OPERATOR_PATH}/sim-changed`;
export const SMS_CARRIER_PATH = '/messages';

export interface SandboxParts {
  readonly environment: 'development' | 'test' | 'production';
  readonly settings: SandboxSettings;
  /** The keys that the system's own settings hold for these outside parties. */
  readonly keys: Readonly<Partial<Record<StandIn, SharedKey>>>;
  /** Puts the personas into the database; called before the stand-ins listen. */
  readonly seed: () => Promise<unknown>;
  /** Where the made-up terminal of a counter registers and speaks; undefined: there is none. */
  readonly counter?: CounterParts | undefined;
  /** Where the carrier tells what became of messages; undefined: it does not. */
  readonly receipts?: URL | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** A feature whose `listen` opens four servers. Throws a plain Error in production, whatever the settings say. */
export function createSandbox(parts: SandboxParts): Feature {
  if (parts.environment === 'production')
    throw new Error('sandbox: must not run when environment is production');
  if (!parts.settings.enabled) return { name: 'sandbox' };
  return {
    name: 'sandbox',
    async listen() {
      await parts.seed();
      const terminal = parts.counter && (await terminalOf(parts, parts.counter));
      const { host, ports } = parts.settings;
      const servers: http.Server[] = [];
      const close = async (): Promise<void> => void (await Promise.all(servers.map(stop)));
      try {
        for (const [name, router] of Object.entries(routersOf(parts, terminal)) as [
          keyof typeof ports,
          Router,
        ][])
          servers.push(await open(appOf(router, parts.log), host, ports[name], `sandbox.ports.${name}`));
      } catch (error) {
        await close();
        throw error;
      }
      return close;
    },
  };
}

async function terminalOf({ clock }: SandboxParts, counter: CounterParts): Promise<Router> {
  const desk = await openDesk(counter, clock);
  return counterTerminal({ desk, population: createPopulation(), clock });
}

function routersOf(
  parts: SandboxParts,
  terminal: Router | undefined,
): Record<keyof SandboxSettings['ports'], Router> {
  const { settings, keys, clock } = parts;
  const { ports } = settings;
  const at = (port: number): string => `http://${settings.host}:${port}`;
  const addresses = {
    hub: at(ports.hub),
    populationRegister: at(ports.populationRegister),
    mobileOperator: at(ports.mobileOperator),
    smsCarrier: at(ports.smsCarrier),
    counterTerminal: terminal && `${at(ports.hub)}/counter-terminal`,
  };
  const sims = createSims(clock);
  const shared: Shared = { outbox: createOutbox(), behaviours: createBehaviours(), sims, addresses };
  const population = createPopulation();
  const standIn = (id: StandIn): StandInParts => {
    const key = keys[id];
    if (!key) throw new Error(`sandbox: there is no key shared with ${id}`);
    const slowMs = seconds(settings.slowness) * 1000;
    return { key, clock, slowMs, behaviour: () => shared.behaviours.of(id) };
  };
  const register = populationRegister(standIn('population-register'), population);
  const operator = mobileOperator(standIn('mobile-operator'), population);
  const carrier = { ...parts, ...standIn('sms-carrier'), outbox: shared.outbox };
  const operatorRoutes = standInRoutes(shared, MOBILE_OPERATOR_PATH, operator);
  operatorRoutes.post(SIM_CHANGED_PATH, simChanged(standIn('mobile-operator'), sims).handle);
  const hub = hubRoutes(shared);
  for (const vendor of VENDORS.filter(({ id }) => keys[id] !== undefined)) {
    const address = `${addresses.hub}/${vendor.id}`;
    const routes = vendor.routes({ ...standIn(vendor.id), population, address });
    hub.use(`/${vendor.id}`, routes.routes(), routes.allowedMethods());
  }
  if (terminal) hub.use('/counter-terminal', terminal.routes(), terminal.allowedMethods());
  return {
    hub,
    populationRegister: standInRoutes(shared, POPULATION_REGISTER_PATH, register),
    mobileOperator: operatorRoutes,
    smsCarrier: carrierRoutes(shared, carrier),
  };
}

function carrierRoutes(shared: Shared, carrier: CarrierParts): Router {
  const others = otherRoutes(carrier);
  return standInRoutes(shared, SMS_CARRIER_PATH, smsCarrier(carrier)).use(others.routes());
}

function appOf(router: Router, log: Log): Koa {
  const app = new Koa();
  app.silent = true;
  app.on('error', (error: unknown) => log.error('sandbox request failed', error, { part: 'sandbox' }));
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      ctx.status = error.code === 'forgery' ? 403 : 400;
      ctx.body = { error: error.code };
    }
  });
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}

/** A taken port is an error of one line that names the setting. */
function open(app: Koa, host: string, port: number, setting: string): Promise<http.Server> {
  return new Promise((resolve, reject) => {
    const handle = app.callback();
    const server = http.createServer((request, response) => void handle(request, response));
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`${setting}: ${host}:${port} cannot be opened (${error.code ?? error.message})`)),
    );
    server.listen(port, host, () => resolve(server));
  });
}

/** Answers that are being held back on purpose are cut off. */
function stop(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
