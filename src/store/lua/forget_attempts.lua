#!lua flags=allow-oom
-- Removes the attempts of an event from one entry of the attempt log; see forget_attempts().
-- KEYS: log. ARGV: id of the log's entry, entry of the event. Reply: how many were removed.
-- The other attempts of that entry are written again, as the newest entry of the log.
local log, id, entry = KEYS[1], ARGV[1], ARGV[2]

local found = redis.call('XRANGE', log, id, id)[1]
if not found then return 0 end
local kept, removed, mark = {}, 0, '"entry":"' .. entry .. '"'
for i = 1, #found[2], 2 do
  if string.find(found[2][i + 1], mark, 1, true) then
    removed = removed + 1
  else
    kept[#kept + 1] = found[2][i]
    kept[#kept + 1] = found[2][i + 1]
  end
end
if removed == 0 then return 0 end
redis.call('XDEL', log, id)
if kept[1] then redis.call('XADD', log, '*', unpack(kept)) end
return removed
