#!lua flags=no-writes
-- Finds commands that this user of Redis may not call; see missing_rights().
-- KEYS: a key that stands for all. ARGV: for each command: its name as ACL rules write it, the arguments of
-- one call with blanks between them, where K stands for the key. Reply: names with blanks between them, or an
-- error.
local key, commands = KEYS[1], ARGV

local missing = {}
for i = 1, #commands, 2 do
  local words = {}
  for word in string.gmatch(commands[i], '[^|]+') do words[#words + 1] = word end
  for word in string.gmatch(commands[i + 1], '%S+') do words[#words + 1] = word == 'K' and key or word end
  local known, allowed = pcall(redis.acl_check_cmd, unpack(words))
  if not known then return redis.error_reply('Redis does not know the command ' .. commands[i]) end
  if not allowed then missing[#missing + 1] = commands[i] end
end
return table.concat(missing, ' ')
