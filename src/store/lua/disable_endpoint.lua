#!lua flags=allow-oom
-- Disables an endpoint that exists and is enabled.
-- KEYS: meta. ARGV: prefix, epoch of the configuration, endpoint, reason. Reply: 1, or 0 when nothing was
-- changed.
local meta, prefix, epoch, id, reason = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if redis.call('HGET', meta, 'epoch') ~= epoch then return 0 end
if redis.call('HEXISTS', prefix .. 'endpoints', id) == 0 then return 0 end
local time = redis.call('TIME')
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local state = '{"reason":"' .. reason .. '","at":' .. at .. '}'
if redis.call('HSETNX', prefix .. 'disabled', id, state) == 0 then return 0 end
redis.call('HINCRBY', meta, 'version', 1)
return 1
