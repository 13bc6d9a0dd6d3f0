-- Remembers an event that the upstream has accepted and ends its reservation. An id that is confirmed late,
-- when its reservation has run out, is remembered too: its upstream has seen it. Reply: 1.
if call('GET', held) == token then call('DEL', held) end
local turned, longer = turn()
local known, bucket, records = find_any()
if known then return 1 end
local current, keep = key(gen), start + 2 * len + slack
if turned then call('UNLINK', key(gen - 2), key(gen - 3)) end
call('HSET', current, bucket, records .. sub(hashes, 1, 12) .. content)
if ids == 0 or longer then
  call('PEXPIREAT', current, keep)
  call('PEXPIREAT', key(gen - 1), start + len + slack)
  call('SET', prefix .. 'name', name, 'PXAT', keep)
end
local n = math.max(1, math.ceil(ids / load))
ids = ids + 1
if ids > n * load then
  local _, e = math.frexp(n)
  local from, size, stay, move = struct.pack('>I4', n - 2 ^ (e - 1)), 2 ^ e, {}, {}
  local all = call('HGET', current, from) or ''
  for i = 1, #all, 16 do
    local list = unpack_numbers('>I4', all, i) % size == n and move or stay
    list[#list + 1] = sub(all, i, i + 15)
  end
  call('HSET', current, from, table.concat(stay), struct.pack('>I4', n), table.concat(move))
end
call('SET', state, struct.pack(layout, gen, start, len, promise, ids, prev), 'PXAT', keep)
return 1
