#!lua flags=allow-oom
-- Prolongs a reservation. Needs no memory: runs also when Redis has none left.
-- Reply: 1, or 0 when another token holds the event.
if is_held_by_another() then return 0 end
call('SET', held, token, 'PX', lease)
return 1
