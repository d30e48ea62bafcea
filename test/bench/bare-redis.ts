// The adapter that the engine's documentation describes, on plain Redis: one key a record, a list a grant, an index a
// session uid. No cleverness: it is what the product is measured against.
import { Redis } from 'ioredis';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

const CONSUMABLE = new Set(['AuthorizationCode', 'RefreshToken', 'PushedAuthorizationRequest']);
const GRANTABLE = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

/** Makes the adapters of all models over one connection. */
export function createRedisAdapter(url: string): AdapterFactory {
  const redis = new Redis(url);
  return (model) => adapterOf(redis, model);
}

function adapterOf(redis: Redis, model: string): Adapter {
  const keyOf = (id: string): string => `oidc:${model}:${id}`;
  const grantKey = (grantId: string): string => `oidc:grant:${grantId}`;
  const uidKey = (uid: string): string => `oidc:uid:${uid}`;
  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    if (!CONSUMABLE.has(model)) return parsed(await redis.get(keyOf(id)));
    const fields = await redis.hgetall(keyOf(id));
    const payload = parsed(fields['payload'] ?? null);
    return payload && { ...payload, ...(fields['consumed'] ? { consumed: true } : {}) };
  };
  return {
    find,
    async upsert(id, payload, expiresIn) {
      const key = keyOf(id);
      const text = JSON.stringify(payload);
      const multi = redis.multi();
      if (CONSUMABLE.has(model)) multi.hset(key, { payload: text });
      else multi.set(key, text);
      if (expiresIn) multi.expire(key, expiresIn);
      if (GRANTABLE.has(model) && payload.grantId) {
        const list = grantKey(payload.grantId);
        multi.rpush(list, key);
        // The list lives as long as its longest-lived member.
        if ((await redis.ttl(list)) < (expiresIn ?? 0)) multi.expire(list, expiresIn ?? 0);
      }
      if (payload.uid) multi.set(uidKey(payload.uid), id).expire(uidKey(payload.uid), expiresIn ?? 0);
      await multi.exec();
    },
    async findByUid(uid) {
      const id = await redis.get(uidKey(uid));
      return id === null ? undefined : find(id);
    },
    findByUserCode: () => Promise.resolve(undefined),
    async consume(id) {
      await redis.hset(keyOf(id), 'consumed', Math.floor(Date.now() / 1000));
    },
    async destroy(id) {
      await redis.del(keyOf(id));
    },
    async revokeByGrantId(grantId) {
      const members = await redis.lrange(grantKey(grantId), 0, -1);
      await redis.del(...members, grantKey(grantId));
    },
  };
}

const parsed = (text: string | null): AdapterPayload | undefined =>
  text === null ? undefined : (JSON.parse(text) as AdapterPayload);
