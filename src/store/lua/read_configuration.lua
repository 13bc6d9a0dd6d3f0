#!lua flags=no-writes
-- Reads the configuration unless it is the known one; see read_configuration().
-- KEYS: meta. ARGV: prefix, known epoch, known version.
-- Reply: {} none | {epoch, version} as known | {epoch, version, endpoints, disabled, key,
-- paused sources}.
local meta, prefix, known_epoch, known_version = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local m = redis.call('HMGET', meta, 'epoch', 'version', 'key')
if not m[1] then return {} end
local version = m[2] or '0'
if m[1] == known_epoch and version == known_version then return {m[1], version} end
local endpoints = redis.call('HGETALL', prefix .. 'endpoints')
local disabled = redis.call('HGETALL', prefix .. 'disabled')
local paused = redis.call('HGETALL', prefix .. 'paused_sources')
return {m[1], version, endpoints, disabled, m[3] or '', paused}
