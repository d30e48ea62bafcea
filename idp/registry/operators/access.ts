// The gate before every act: one place, whatever page, address or program it comes by.
import { Fault } from '../../platform/base/errors.ts';
import type { Audit } from '../../audit/audit.ts';
import { ACTS, may, type Act, type Actor } from './roles.ts';

export interface Access {
  /**
   * Throws Fault `not_found` for what the actor may not even see, `forbidden` for what it may see and not do, both
   * written to the audit trail; `passkey_needed` when only the freshness of a passkey is missing. `about`: identifier of
   * what it is about, for the trail.
   */
  demand(actor: Actor, act: Act, path: string, about?: string): void;
}

export function createAccess({ audit }: { readonly audit: Pick<Audit, 'note'> }): Access {
  return {
    demand(actor, act, path, about = '') {
      const allowed = may(actor, act, path);
      if (allowed && (!isSensitive(act) || actor.fresh || actor.kind === 'machine')) return;
      if (allowed && actor.kind === 'person') throw new Fault('passkey_needed', { note: act });
      // CWE-639: an identifier of another province tells no more than one that does not exist.
      const seen = may(actor, 'registry.read', path);
      audit.note({
        type: 'access.refused',
        data: { act, path, about: about.slice(0, 128) },
        actor: actor.name,
        ...(actor.reference === undefined ? {} : { reference: actor.reference }),
      });
      throw new Fault(seen ? 'forbidden' : 'not_found', { note: act });
    },
  };
}

const isSensitive = (act: Act): boolean => ACTS[act].sensitive === true;
