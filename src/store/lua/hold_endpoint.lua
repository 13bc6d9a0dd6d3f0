#!lua flags=allow-oom
-- Holds an endpoint: no worker makes attempts for so long. A longer hold stays.
-- KEYS: meta. ARGV: prefix, epoch of the configuration, endpoint, ms.
-- Reply: {number of changes of holds, ms that are left}, or {} when there is no such endpoint.
local meta, prefix, epoch, id, length = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

if redis.call('HGET', meta, 'epoch') ~= epoch then return {} end
if redis.call('HEXISTS', prefix .. 'endpoints', id) == 0 then return {} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = redis.call('HGET', prefix .. 'holds', id)
local hold = text and cjson.decode(text) or {open = false, ['until'] = 0}
hold['until'] = math.max(hold['until'], now + length)
redis.call('HSET', prefix .. 'holds', id, cjson.encode(hold))
return {redis.call('HINCRBY', meta, 'holds', 1), hold['until'] - now}
