-- The part of reserve and confirm that knows seen ids, much as streams keep them: two generations of buckets
-- that grow by linear hashing (docs/design.md).
local unpack_numbers = struct.unpack
local layout, load, slack = '<dddddd', 16, 60000

local gen, start, len, promise, ids, prev = 0, 0, 0, 0, 0, 0
local packed = call('GET', state)
if packed then gen, start, len, promise, ids, prev = unpack_numbers(layout, packed) end

local function key(generation)
  local digit = generation % 10 + 1
  return prefix .. 'seen:' .. sub('0123456789', digit, digit)
end

-- Decides which generation is current; writes nothing. True: another one than before.
local function turn()
  local time = call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local turned = now >= start + len
  if turned then
    local next_len = math.max(window, promise)
    if gen < 0 or now >= start + len + next_len then
      gen, start, len, prev = gen + 2, now, window, 0
    else
      gen, start, len, prev = gen + 1, start + len, next_len, ids
    end
    promise, ids = window, 0
  end
  local longer = window > promise
  if longer then promise, len = window, math.max(len, window) end
  return turned, longer
end

local function find(generation, n, hash)
  n = math.max(1, math.ceil(n / load))
  local _, e = math.frexp(n)
  local b = unpack_numbers('>I4', hash) % 2 ^ e
  if b >= n then b = b - 2 ^ (e - 1) end
  local bucket = struct.pack('>I4', b)
  local records = call('HGET', key(generation), bucket) or ''
  local at = string.find(records, hash, 1, true)
  while at and at % 16 ~= 1 do at = string.find(records, hash, at + 1, true) end
  return at and sub(records, at + 12, at + 15), bucket, records
end

-- The content that was seen under the key or an alternate; else nothing, and the key's bucket.
local function find_any()
  local known, bucket, records
  for i = #hashes - 11, 1, -12 do
    local hash = sub(hashes, i, i + 11)
    known = prev > 0 and find(gen - 1, prev, hash)
    if known then return known end
    known, bucket, records = find(gen, ids, hash)
    if known then return known end
  end
  return nil, bucket, records
end
