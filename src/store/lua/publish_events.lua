-- Appends operational events to the stream of a partition; see publish_events().
-- KEYS: meta. ARGV: prefix, token, epoch, time (RFC 3339), dead_seen as it was and as it becomes (both '':
-- unchanged), then for each event: id, type, data. Reply: 1 done, also when it was done before; 0: another
-- owner.
local meta, prefix, token, epoch, at, seen, becomes, words =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV

local m = redis.call('HMGET', meta, 'holder', 'epoch', 'dead_seen', 'partitions')
if m[1] ~= token or m[2] ~= epoch then return 0 end
if becomes ~= '' and (m[3] or '0') ~= seen then return 1 end

-- The step of intake reads and writes the same state: see the key table of docs/design.md.
local intake = redis.call('GET', prefix .. 'intake')
if not intake then
  if not m[4] then return 1 end
  intake = struct.pack('<ddddddddddd', tonumber(m[4]), 0, 0, 0, 0, 0, -1, 0, 0, 0, 0)
end
local partitions, accepted, accepted_bytes = struct.unpack('<ddd', intake)
for i = 7, #words, 3 do
  local fields = {'specversion', '1.0', 'id', words[i], 'source', 'webhook', 'type', words[i + 1], 'time', at,
    'datacontenttype', 'application/json', 'data', words[i + 2]}
  redis.call('XADD', prefix .. 'events', '*', unpack(fields))
  accepted = accepted + 1
  for _, word in ipairs(fields) do accepted_bytes = accepted_bytes + #word end
end
redis.call('SET', prefix .. 'intake',
  struct.pack('<ddd', partitions, accepted, accepted_bytes) .. string.sub(intake, 25))
if becomes ~= '' then redis.call('HSET', meta, 'dead_seen', becomes) end
return 1
