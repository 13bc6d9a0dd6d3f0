#!lua flags=no-writes
-- Reads parked events of a source in the order of the stream; see read_parked().
-- KEYS: meta. ARGV: prefix, token, epoch, source, entry to begin after ('' or no longer parked: begin with
-- the first), how many and how many bytes at most. Reply: {entry, content, ...}, or nil: another owner.
local meta, prefix, token, epoch, source, after, count, bytes =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= token or m[2] ~= epoch then return nil end
local list, contents = prefix .. 'parked:' .. source, prefix .. 'content'
local at = after ~= '' and redis.call('LPOS', list, after)
local first = at and at + 1 or 0
local found, size = {}, 0
for _, entry in ipairs(redis.call('LRANGE', list, first, first + count - 1)) do
  size = size + redis.call('HSTRLEN', contents, entry)
  if #found > 0 and size > bytes then break end
  found[#found + 1] = entry
  found[#found + 1] = redis.call('HGET', contents, entry)
end
return found
