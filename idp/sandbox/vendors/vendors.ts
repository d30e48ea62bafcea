// The stand-ins that have no port of their own: each lives on the hub, under its name.
import type { Router } from '@koa/router';
import type { StandIn } from '../behaviour.ts';
import type { Population } from '../population.ts';
import type { StandInParts } from '../stand-in.ts';
import { face } from './face.ts';
import { bankCard } from './bank-card.ts';
import { networkIdentity } from './network-identity.ts';

/** What a vendor's stand-in is built from. */
export interface VendorParts extends StandInParts {
  readonly population: Population;
  /** Where it stands, `http://127.0.0.1:3010/face`, for pages that it hands out links to. */
  readonly address: string;
}

export interface Vendor {
  readonly id: StandIn;
  /** Routes below `/<id>`; GET `/requests.json` tells what was asked lately. */
  routes(parts: VendorParts): Router;
}

export const VENDORS: readonly Vendor[] = [bankCard, face, networkIdentity];
