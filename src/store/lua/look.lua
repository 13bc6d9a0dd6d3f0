#!lua flags=no-writes
-- Reads what prepare.lua reads, and writes nothing.
-- KEYS: meta, intake. ARGV: number of partitions. Reply: as of prepare.lua; {0, 0} where Redis has lost its
-- data.
local meta, intake, partitions = KEYS[1], KEYS[2], ARGV[1]

local m = redis.call('HMGET', meta, 'partitions', 'routed', 'routed_bytes', 'parked', 'parked_bytes')
local state = redis.call('GET', intake)
if m[1] and m[1] ~= partitions then return -tonumber(m[1]) end
if not state then return {0, 0} end
local _, accepted, bytes = struct.unpack('<ddd', state)
local waiting = math.max(0, accepted - (m[2] or 0) - (m[4] or 0))
return {waiting, waiting > 0 and math.max(0, bytes - (m[3] or 0) - (m[5] or 0)) or 0}
