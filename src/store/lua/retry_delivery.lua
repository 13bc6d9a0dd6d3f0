#!lua flags=allow-oom
-- Makes one waiting delivery due now; see retry_delivery().
-- KEYS: meta. ARGV: prefix, endpoint, delivery id. Reply: 1, 0 when it does not wait, or 2 when
-- it is behind another delivery of its lane.
local prefix, endpoint, id = ARGV[1], ARGV[2], ARGV[3]

local key = prefix .. 'waiting:' .. endpoint
local score = redis.call('ZSCORE', key, id)
if not score then return 0 end
if tonumber(score) >= blocked then return 2 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local created = tonumber(string.match(id, '^(%d+)%-')) or now
redis.call('ZADD', key, math.min(created, now, tonumber(score)), id)
index_due(prefix, endpoint)
return 1
