#!lua flags=allow-oom
-- Writes a copy of the configuration back where there is none.
-- KEYS: meta. ARGV: prefix, epoch, version, key, then for each field: 'endpoints', 'disabled' or
-- 'paused_sources', endpoint or source, JSON.
-- Reply: 1, or 0 when there is a configuration.
local meta, prefix, epoch, version, key, fields = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV

if redis.call('HEXISTS', meta, 'epoch') == 1 then return 0 end
redis.call('DEL', prefix .. 'endpoints', prefix .. 'disabled', prefix .. 'paused_sources')
for i = 5, #fields, 3 do redis.call('HSET', prefix .. fields[i], fields[i + 1], fields[i + 2]) end
redis.call('HSET', meta, 'epoch', epoch, 'version', version, 'key', key)
return 1
