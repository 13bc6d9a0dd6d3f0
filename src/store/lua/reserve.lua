-- Reserves an event for a token. Reply: 0 reserved | 1 duplicate | 2 conflict | 3 another token holds it.
turn()
local known = find_any()
if known then return known == content and 1 or 2 end
if is_held_by_another() then return 3 end
call('SET', held, token, 'NX', 'PX', lease)
return 0
