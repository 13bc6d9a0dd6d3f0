#!lua flags=no-writes
-- Lists the endpoints that are held, and those that fail.
-- KEYS: meta. ARGV: prefix. Reply: {number of changes, {endpoint, ms left, 1 if its breaker is open, ...},
-- {failing endpoint, ...}}.
local meta, prefix = KEYS[1], ARGV[1]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, held = redis.call('HGETALL', prefix .. 'holds'), {}
for i = 1, #all, 2 do
  local hold = cjson.decode(all[i + 1])
  held[#held + 1] = all[i]
  held[#held + 1] = math.max(0, hold['until'] - now)
  held[#held + 1] = hold.open and 1 or 0
end
local noted, failing = redis.call('HGETALL', prefix .. 'failing'), {}
for i = 1, #noted, 2 do failing[#failing + 1] = noted[i] end
return {redis.call('HGET', meta, 'holds') or '0', held, failing}
