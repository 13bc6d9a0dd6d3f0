#!lua flags=allow-oom
-- Takes due deliveries of an endpoint; see claim().
-- KEYS: meta. ARGV: prefix, token, epoch, endpoint, how many and how many bytes at most, lease (ms).
-- Reply: {id, record, content, ...}, or nil: another owner.
local meta, prefix, token, epoch, endpoint, count, bytes, lease =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]

local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= token or m[2] ~= epoch then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key = prefix .. 'waiting:' .. endpoint
local found, size = {}, 0
for _, id in ipairs(redis.call('ZRANGE', key, '-inf', now, 'BYSCORE', 'LIMIT', 0, count)) do
  local entry = string.match(id, '^[^/]+')
  local more = redis.call('HSTRLEN', prefix .. 'content', entry)
  if #found > 0 and size + more > bytes then break end
  size = size + more
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', prefix .. 'delivery', id)
  found[#found + 1] = redis.call('HGET', prefix .. 'content', entry)
end
-- Everything is read before the first write: a key of a wrong type leaves the deliveries due.
for i = 1, #found, 3 do redis.call('ZADD', key, now + lease, found[i]) end
local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
if first[1] then
  redis.call('ZADD', prefix .. 'due', first[2], endpoint)
else
  redis.call('ZREM', prefix .. 'due', endpoint)
end
return found
