#!lua flags=allow-oom
-- Leases times at which a worker may begin requests to an endpoint (its rate), and places for requests at
-- once (its concurrency), to one of the workers that share them.
-- KEYS: the limits of the endpoint. ARGV:
--   1 worker
--   2 slots wanted   3 interval (us; 0: no rate)   4 burst
--   5 places wanted  6 of them in use              7 places of the endpoint (0: they are not shared now)
-- Reply: {slots, us from now to the first (negative: it was free before), us until it is worth asking again,
-- places, 1 when other workers wait for places}.
local limits, worker = KEYS[1], ARGV[1]
local wanted_slots, interval, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local wanted, used, places = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local ahead, reserve, lease, keep = 100000, 2000000, 3000, 3600000

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now = math.floor(now_us / 1000)

-- A slot is the time at which one request may begin. `next` is the first that nobody has. A worker gets those
-- of the next 100 ms, or one that is at most 2 s away: what it does not use is lost.
local slots, first, again = 0, 0, 0
if interval > 0 and wanted_slots > 0 then
  local next = math.max(tonumber(redis.call('HGET', limits, 'next') or 0), now_us - (burst - 1) * interval)
  -- After Redis' clock was set back, a time far ahead would hold the endpoint.
  if next > now_us + reserve + burst * interval + interval then next = now_us end
  first = next - now_us
  if first > reserve then
    again = first - reserve
  else
    slots = math.min(wanted_slots, math.max(1, math.floor((ahead - first) / interval) + 1))
    redis.call('HSET', limits, 'next', string.format('%.0f', next + slots * interval))
  end
end

local granted, pressed = 0, 0
if places > 0 then
  local others, workers, starving = 0, 1, false
  local held = redis.call('HGETALL', limits)
  local shares = {}
  for i = 1, #held, 2 do
    local name = string.match(held[i], '^worker:(.*)$')
    if name and name ~= worker then
      local has, wants, ends = string.match(held[i + 1], '^(%d+) (%d+) (%d+)$')
      if tonumber(ends) > now then
        others = others + has
        if tonumber(wants) > 0 then
          workers = workers + 1
          shares[#shares + 1] = {tonumber(has), tonumber(wants)}
        end
      else
        redis.call('HDEL', limits, held[i])
      end
    end
  end
  local fair = math.max(1, math.floor(places / workers))
  for _, share in ipairs(shares) do
    if share[1] < math.min(fair, share[2]) then starving = true end
  end
  granted = math.min(wanted, math.max(0, places - others))
  if starving then
    pressed = 1
    granted = math.min(granted, fair)
    -- Fewer places than workers: they take turns.
    if used == 0 and places < workers then granted = 0 end
  end
  granted = math.max(granted, used)
  if wanted > 0 or used > 0 then
    redis.call('HSET', limits, 'worker:' .. worker,
      string.format('%.0f %.0f %.0f', granted, wanted, now + lease))
  else
    redis.call('HDEL', limits, 'worker:' .. worker)
  end
end
redis.call('PEXPIRE', limits, keep)
return {slots, first, again, granted, pressed}
