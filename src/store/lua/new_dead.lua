#!lua flags=no-writes
-- Reads dead letters that no operational event has reported; see new_dead().
-- KEYS: meta. ARGV: prefix, token, epoch. Reply: {dead_seen, its new value, endpoint, how many, the id and
-- record of the first, ...}, or nil: another owner.
local meta, prefix, token, epoch = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local m = redis.call('HMGET', meta, 'holder', 'epoch', 'dead_seen')
if m[1] ~= token or m[2] ~= epoch then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- The source in a value of `content`: netstrings of names and values in turn.
local function source_of(content)
  local at = 1
  while at <= #content do
    local words = {}
    for n = 1, 2 do
      local size, from = string.match(content, '^(%d+):()', at)
      if not size then return '' end
      words[n] = string.sub(content, from, from + size - 1)
      at = from + size + 1
    end
    if words[1] == 'source' then return words[2] end
  end
  return ''
end

-- This millisecond is not over: more may die in it. What died more than an hour ago is no news.
local seen, last = m[3] or '0', m[3] or '0'
local from = math.max(tonumber(seen), now - 3600000)
local order, groups = {}, {}
local found = redis.call('ZRANGE', prefix .. 'dead', '(' .. string.format('%.0f', from), now - 1, 'BYSCORE',
  'LIMIT', 0, 500, 'WITHSCORES')
for i = 1, #found, 2 do
  local id = found[i]
  local entry, endpoint = string.match(id, '^([^/]+)/([^/]+)')
  local content = entry and redis.call('HGET', prefix .. 'content', entry) or ''
  if endpoint and source_of(content or '') ~= 'webhook' then
    if not groups[endpoint] then
      groups[endpoint] = {0, id, redis.call('HGET', prefix .. 'delivery', id) or '{}'}
      order[#order + 1] = endpoint
    end
    groups[endpoint][1] = groups[endpoint][1] + 1
  end
  last = found[i + 1]
end
local reply = {seen, last}
for _, endpoint in ipairs(order) do
  local group = groups[endpoint]
  for _, word in ipairs({endpoint, group[1], group[2], group[3]}) do reply[#reply + 1] = word end
end
return reply
