#!lua flags=no-writes
-- Lists all endpoints with waiting deliveries. KEYS: due. Reply: their ids.
local due = KEYS[1]

return redis.call('ZRANGE', due, 0, -1)
