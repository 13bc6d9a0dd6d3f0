#!lua flags=no-writes
-- Lists endpoints with a delivery that is due; see due_endpoints().
-- KEYS: meta. ARGV: prefix, token, epoch, offset, count. Reply: {ms until the next one is due, endpoint,
-- ...}, or nil: another owner.
local meta, prefix, token, epoch, offset, count =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])

local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= token or m[2] ~= epoch then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {-1}
-- One more than wanted: the first that is not due yet says when to look again.
local lowest = redis.call('ZRANGE', prefix .. 'due', offset, offset + count, 'WITHSCORES')
for i = 1, #lowest, 2 do
  if tonumber(lowest[i + 1]) > now then
    found[1] = lowest[i + 1] - now
    break
  end
  if i > 2 * count then
    found[1] = 0
    break
  end
  found[#found + 1] = lowest[i]
end
return found
