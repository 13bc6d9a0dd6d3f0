-- The head of reserve, confirm, release and renew.
-- KEYS: state of the partition. ARGV: prefix, hashes (12 bytes each: of the event's key, then of its
-- alternates), content mark (4 bytes), token of the holder, reservation time (ms), dedup window (ms), name of
-- the gate.
local call, sub = redis.call, string.sub
local state, prefix, hashes, content, token, lease, window, name =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
local held = prefix .. 'held:' .. sub(hashes, 1, 12)

-- True when another token holds the event, under its own hash or under one of its alternates.
local function is_held_by_another()
  for i = 1, #hashes, 12 do
    local holder = call('GET', prefix .. 'held:' .. sub(hashes, i, i + 11))
    if holder and holder ~= token then return true end
  end
end
