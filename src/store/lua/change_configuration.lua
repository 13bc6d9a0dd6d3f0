#!lua flags=allow-oom
-- Changes the configuration if nobody has since it was read; see change_configuration().
-- KEYS: meta. ARGV: prefix, epoch and version as seen, new epoch, new key, then the changes: 'set', endpoint,
-- document | 'remove', endpoint | 'enable', endpoint | 'pause_source', source, JSON |
-- 'resume_source', source. Reply: the new version, or 0 when the configuration is
-- another one.
-- Such changes are small and may be what makes room: they also run when Redis is out of memory.
local meta, prefix, seen_epoch, seen_version, new_epoch, new_key, words =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV

local endpoints, disabled, paused = prefix .. 'endpoints', prefix .. 'disabled', prefix .. 'paused_sources'
local m = redis.call('HMGET', meta, 'epoch', 'version')
local epoch, version = m[1] or '', m[1] and (m[2] or '0') or ''
if epoch ~= seen_epoch or version ~= seen_version then return 0 end
if epoch == '' then
  redis.call('DEL', endpoints, disabled, paused, prefix .. 'holds', prefix .. 'failing',
    prefix .. 'health')
  redis.call('HSET', meta, 'epoch', new_epoch)
end
redis.call('HSETNX', meta, 'key', new_key)
local i = 6
while words[i] do
  if words[i] == 'set' then
    redis.call('HSET', endpoints, words[i + 1], words[i + 2])
    i = i + 1
  elseif words[i] == 'pause_source' then
    redis.call('HSET', paused, words[i + 1], words[i + 2])
    i = i + 1
  elseif words[i] == 'resume_source' then
    redis.call('HDEL', paused, words[i + 1])
  else
    redis.call('HDEL', disabled, words[i + 1])
    redis.call('HDEL', prefix .. 'failing', words[i + 1])
    if words[i] == 'remove' then redis.call('HDEL', prefix .. 'health', words[i + 1]) end
    redis.call('HINCRBY', meta, 'holds', redis.call('HDEL', prefix .. 'holds', words[i + 1]))
    if words[i] == 'remove' then redis.call('HDEL', endpoints, words[i + 1]) end
  end
  i = i + 2
end
return redis.call('HINCRBY', meta, 'version', 1)
