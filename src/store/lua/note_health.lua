#!lua flags=allow-oom
-- Notes the health of an endpoint; see note_health().
-- KEYS: meta. ARGV: prefix, epoch of the configuration, endpoint, state, time of the last success, of the
-- last error (ms, 0: none), the last error. Reply: 'failing', 'recovered' or 'disabled' when that begins
-- with this note, else ''.
local meta, prefix, epoch, id, state, success, error_at, error_text =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]

if redis.call('HGET', meta, 'epoch') ~= epoch then return '' end
if redis.call('HEXISTS', prefix .. 'endpoints', id) == 0 then return '' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known, old = pcall(cjson.decode, redis.call('HGET', prefix .. 'health', id) or '{}')
if not known or type(old) ~= 'table' then old = {} end

local alarm, begins = old.alarm or '', ''
if state == 'disabled' then
  if alarm ~= 'disabled' then begins = 'disabled' end
  alarm = 'disabled'
elseif state == 'failing' or state == 'secret missing' then
  if alarm ~= 'failing' then begins = 'failing' end
  alarm = 'failing'
elseif state == 'ok' then
  if alarm ~= '' then begins = 'recovered' end
  alarm = ''
end
local new = {
  state = state, alarm = alarm,
  since = old.state == state and old.since or now,
  last_success = math.max(success, tonumber(old.last_success) or 0),
  last_error = old.last_error or '', last_error_at = tonumber(old.last_error_at) or 0,
}
if error_at > new.last_error_at then new.last_error, new.last_error_at = error_text, error_at end
redis.call('HSET', prefix .. 'health', id, cjson.encode(new))
return begins
