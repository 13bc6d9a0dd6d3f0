#!lua flags=allow-oom
-- Makes a worker the owner of a partition that has none, or whose owner is `instead_of`.
-- KEYS: meta. ARGV: prefix of the partition's keys, token of the new owner, its epoch, token of the owner to
-- replace.
-- Reply: {1, floor, {parked events, their bytes, source, how many of it are parked, ...}},
-- or {0, token of the present owner}.
local meta, prefix, token, epoch, instead_of = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local events, holder = prefix .. 'events', redis.call('HGET', meta, 'holder')
if holder and holder ~= instead_of then return {0, holder} end

local function below(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  if seq ~= '0' then return ms .. '-' .. string.format('%.0f', tonumber(seq) - 1) end
  if ms == '0' then return '0-0' end
  return string.format('%.0f', tonumber(ms) - 1) .. '-18446744073709551615'
end

local function find_group()
  if redis.call('EXISTS', events) == 0 then return nil end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', events)) do
    local fields = {}
    for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
    if fields['name'] == 'deliver' then return fields end
  end
end

local function count_up_to(floor)
  local count, from = 0, '-'
  if floor == '0-0' then return 0 end
  while true do
    local entries = redis.call('XRANGE', events, from, floor, 'COUNT', 500)
    count = count + #entries
    if #entries < 500 then return count end
    from = '(' .. entries[#entries][1]
  end
end

local group = find_group()
local floor = redis.call('HGET', meta, 'floor')
if not floor then
  floor = '0-0'
  if group then
    floor = group['last-delivered-id']
    if group['pending'] > 0 then floor = below(redis.call('XPENDING', events, 'deliver')[2]) end
  end
  redis.call('HSET', meta, 'floor', floor, 'routed', count_up_to(floor))
end

if group and group['pending'] > 0 then
  redis.call('XGROUP', 'DESTROY', events, 'deliver')
  group = nil
end
if group then
  redis.call('XGROUP', 'SETID', events, 'deliver', floor)
else
  redis.call('XGROUP', 'CREATE', events, 'deliver', floor, 'MKSTREAM')
end
redis.call('HSET', meta, 'epoch', epoch, 'holder', token)
local totals = redis.call('HMGET', meta, 'parked', 'parked_bytes')
local parked = {totals[1] or '0', totals[2] or '0'}
for _, word in ipairs(redis.call('HGETALL', prefix .. 'parked')) do parked[#parked + 1] = word end
return {1, floor, parked}
