#!lua flags=allow-oom
-- Renews the mark of a worker and forgets dead ones; see heartbeat().
-- KEYS: workers. ARGV: key `streams`, key `meta`, id of the worker, the streams it serves, then for each
-- worker to forget: id, mark. Reply: {id, mark, streams, ...} of all workers.
-- The mark is the score of the worker: Redis' time, but always more than before, whatever becomes of the
-- clock.
local workers, streams, meta, id, served, forget = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV

local time = redis.call('TIME')
local mark, before = time[1] * 1000 + math.floor(time[2] / 1000), redis.call('ZSCORE', workers, id)
local changed = not before
if before and mark <= tonumber(before) then mark = before + 1 end
redis.call('ZADD', workers, mark, id)
for i = 5, #forget, 2 do
  if redis.call('ZSCORE', workers, forget[i]) == forget[i + 1] then
    redis.call('ZREM', workers, forget[i])
    redis.call('HDEL', streams, forget[i])
  end
end

local named, all = {}, redis.call('HGETALL', streams)
for i = 1, #all, 2 do named[all[i]] = all[i + 1] end
if (named[id] or '') ~= served then
  if served ~= '' then redis.call('HSET', streams, id, served) else redis.call('HDEL', streams, id) end
  named[id] = served
  changed = true
end
if changed then redis.call('HINCRBY', meta, 'wake', 1) end
local answer, listed = {}, redis.call('ZRANGE', workers, 0, -1, 'WITHSCORES')
for i = 1, #listed, 2 do
  answer[#answer + 1] = listed[i]
  answer[#answer + 1] = listed[i + 1]
  answer[#answer + 1] = named[listed[i]] or ''
end
return answer
