// The Lua scripts behind ephemeral-redis.ts. Each touches one key (follow: two, see there), so each runs on a Cluster.
// A stored entry is one mark ('0', or '1' once claimed) followed by its JSON text or, written by merge, by the packed
// form of merged.ts.

/** 1: claimed now; 2: was claimed; 0: nothing there. SETRANGE keeps the time to live. */
const CLAIM = `
local mark = redis.call('GETRANGE', KEYS[1], 0, 0)
if mark == '' then return 0 end
if mark == '1' then return 2 end
redis.call('SETRANGE', KEYS[1], 0, '1')
return 1`;

/** ARGV: emission, tolerance, increment (microseconds). Answers allowed and how far the arrival time is ahead. */
const SPEND = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local new = tat + ARGV[3]
if new - now > tonumber(ARGV[2]) then return {0, tat - now} end
redis.call('SET', KEYS[1], string.format('%.0f', new), 'PX', math.ceil((new - now) / 1000))
return {1, new - now}`;

/** ARGV: the packed new value, seconds to live. Members that only the stored entry has are appended to the new one. */
const MERGE = `
local function pieces(text)
  local list = {}
  for piece in string.gmatch(text, '[^\\30]+') do list[#list + 1] = piece end
  return list
end
local merged = {'0' .. ARGV[1]}
local stored = redis.call('GET', KEYS[1])
if stored and string.byte(stored, 2) == 30 then
  local new, old, has = pieces(ARGV[1]), pieces(string.sub(stored, 2)), {}
  if new[1] == old[1] and new[3] == old[3] then
    for i = 4, #new, 2 do has[new[i]] = true end
    for i = 4, #old, 2 do
      if not has[old[i]] then merged[#merged + 1] = '\\30' .. old[i] .. '\\30' .. old[i + 1] end
    end
  end
end
redis.call('SET', KEYS[1], table.concat(merged), 'EX', ARGV[2])
return 1`;

/**
 * ARGV: the prefix of all keys. A pointer is a JSON text: it begins with a quotation mark (34). Wrapped in a list,
 * because cjson promises lists and objects only. Answers the entry, nothing, or {key} when the entry lies on another node of a Cluster.
 */
const FOLLOW = `
local pointer = redis.call('GET', KEYS[1])
if not pointer or string.byte(pointer, 2) ~= 34 then return false end
local target = cjson.decode('[' .. string.sub(pointer, 2) .. ']')[1]
local entry = redis.pcall('GET', ARGV[1] .. target)
if type(entry) == 'table' and entry.err then return {target} end
return entry`;

/** ARGV: member, seconds. The set lives as long as its longest-lived member. */
const JOIN = `
redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1`;

export interface Scripts {
  ephemeralClaim(key: string): Promise<0 | 1 | 2>;
  ephemeralSpend(
    key: string,
    emission: number,
    tolerance: number,
    increment: number,
  ): Promise<[0 | 1, number]>;
  ephemeralMerge(key: string, packed: string, ttlSeconds: number): Promise<1>;
  ephemeralFollow(key: string, prefix: string): Promise<string | [string] | null>;
  ephemeralJoin(key: string, member: string, ttlSeconds: number): Promise<1>;
}

/** Command name -> script. Sent whole once a connection, by digest afterwards (EVALSHA). */
export const SCRIPTS: Readonly<Record<keyof Scripts, string>> = {
  ephemeralClaim: CLAIM,
  ephemeralSpend: SPEND,
  ephemeralMerge: MERGE,
  ephemeralFollow: FOLLOW,
  ephemeralJoin: JOIN,
};
