/** What Redis does in one step. Each script knows one key, so that it runs in a cluster as well. */

/** ARGV: value, ttlMs, channel, what to tell there. */
export const set = `
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("PUBLISH", ARGV[3], ARGV[4])
return 1`;

/** ARGV: value, ttlMs, channel, what to tell there. Returns the value that is there then. */
export const setOnce = `
local there = redis.call("GET", KEYS[1])
if there then return there end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("PUBLISH", ARGV[3], ARGV[4])
return ARGV[1]`;

/** ARGV: channel, what to tell there, and a value where only that one is to be deleted. */
export const remove = `
if ARGV[3] and redis.call("GET", KEYS[1]) ~= ARGV[3] then return 0 end
if redis.call("DEL", KEYS[1]) == 1 then redis.call("PUBLISH", ARGV[1], ARGV[2]) end
return 1`;

/** ARGV: amount, ttlMs. Returns the sum as text. */
export const add = `
local sum = redis.call("INCRBYFLOAT", KEYS[1], ARGV[1])
if redis.call("PTTL", KEYS[1]) < 0 then redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
return sum`;

/** Returns the value and the milliseconds that it has left, or nothing. */
export const read = `
if redis.call("TYPE", KEYS[1]).ok ~= "string" then return false end
return { redis.call("GET", KEYS[1]), redis.call("PTTL", KEYS[1]) }`;

/** ARGV: holder, ttlMs, places. Holders are a sorted set by the end of their time, on the clock of Redis. */
export const claim = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if not redis.call("ZSCORE", KEYS[1], ARGV[1]) and redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[3]) then
  local first = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")[2]
  if not first then return tonumber(ARGV[2]) end
  return math.max(1, first - now)
end
redis.call("ZADD", KEYS[1], now + ARGV[2], ARGV[1])
local last = redis.call("ZRANGE", KEYS[1], -1, -1, "WITHSCORES")[2]
redis.call("PEXPIRE", KEYS[1], math.max(1, last - now))
return 0`;
