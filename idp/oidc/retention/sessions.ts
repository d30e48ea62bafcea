// Which sessions a citizen has, on all devices: the engine finds one by its cookie only. Written down once for each
// session, so that all can be ended at once.
import { createHash } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../platform/base/clock.ts';
import type { Ephemeral, EphemeralKey } from '../../platform/store/ephemeral.ts';
import { byUid } from '../adapter.ts';

/** One service in one session. */
export interface Visit {
  readonly clientId: string;
  /** The session as that service knows it (OpenID Connect Back-Channel Logout 1.0, 2.4). */
  readonly sid: string;
}

export interface Sessions {
  /** One write. A session that was noted before is noted once. */
  note(citizenId: string, uid: string): Promise<void>;
  /** The services of all sessions that live. */
  visits(citizenId: string): Promise<readonly Visit[]>;
  /** Ends all sessions: their cookies lead nowhere. */
  end(citizenId: string): Promise<void>;
}

export interface SessionsParts {
  readonly ephemeral: Ephemeral;
  readonly clock: Clock;
  /** Whole seconds after which any session is over. */
  readonly lifeSeconds: number;
}

export function createSessions(parts: SessionsParts): Sessions {
  const { ephemeral, clock, lifeSeconds } = parts;
  // A session is over before the period after its own is: two lists hold all that live, and none grows for ever.
  const keyAt = (citizenId: string, ago: 0 | 1): EphemeralKey => {
    const period = Math.floor(clock.now().getTime() / 1000 / lifeSeconds) - ago;
    return `SessionsOf:${createHash('sha256').update(`${citizenId} ${period}`).digest('base64url')}`;
  };
  const lists = (citizenId: string): EphemeralKey[] => [keyAt(citizenId, 0), keyAt(citizenId, 1)];
  return {
    note: (citizenId, uid) =>
      ephemeral.merge(
        keyAt(citizenId, 0),
        { of: citizenId, sessions: { [uid]: 1 } },
        2 * lifeSeconds,
        'sessions',
        'of',
      ),
    visits: async (citizenId) =>
      (await living(ephemeral, lists(citizenId))).flatMap(({ session }) =>
        Object.entries(session.authorizations ?? {}).flatMap(([clientId, { sid }]) =>
          sid === undefined ? [] : [{ clientId, sid }],
        ),
      ),
    async end(citizenId) {
      const found = await living(ephemeral, lists(citizenId));
      // Each is kept twice, see adapter.ts: by its uid and by the digest of its cookie.
      const keys = found.flatMap(({ uid, session }) => [byUid(uid), `Session:${session.of}`]);
      await ephemeral.delete(...keys, ...lists(citizenId));
    },
  };
}

interface Living {
  readonly uid: string;
  readonly session: Pick<AdapterPayload, 'authorizations'> & { readonly of: string };
}

async function living(ephemeral: Ephemeral, lists: readonly EphemeralKey[]): Promise<readonly Living[]> {
  const noted = await Promise.all(lists.map((key) => ephemeral.get(key)));
  const uids = noted.flatMap((kept) =>
    Object.keys((kept?.value as { sessions?: object } | undefined)?.sessions ?? {}),
  );
  const kept = await Promise.all(
    uids.map(async (uid) => ({ uid, session: (await ephemeral.get(byUid(uid)))?.value })),
  );
  return kept.filter((entry): entry is Living & typeof entry => entry.session !== undefined);
}
