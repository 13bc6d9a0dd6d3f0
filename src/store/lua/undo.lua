-- Deletes an entry that an error left in the stream. If it is routed already, it stays and counts as
-- accepted, so that the ledger balances.
-- KEYS: events, meta, intake. ARGV: the entry's id, its bytes. Reply: 1.
local events, meta, intake, entry, entry_bytes = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]

local function number(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local floor = redis.call('HGET', meta, 'floor')
if floor then
  local ms, sequence = number(entry)
  local floor_ms, floor_sequence = number(floor)
  if ms < floor_ms or (ms == floor_ms and sequence <= floor_sequence) then
    local state = redis.call('GET', intake)
    local of, accepted, bytes = struct.unpack('<ddd', state)
    local counts = struct.pack('<ddd', of, accepted + 1, bytes + entry_bytes)
    redis.call('SET', intake, counts .. string.sub(state, 25))
    return 1
  end
end
redis.call('XDEL', events, entry)
return 1
