#!lua flags=allow-oom
-- Makes all workers look at once for changes. KEYS: meta. Reply: the new value of `wake`.
local meta = KEYS[1]

return redis.call('HINCRBY', meta, 'wake', 1)
