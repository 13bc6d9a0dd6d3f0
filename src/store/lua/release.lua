#!lua flags=allow-oom
-- Ends a reservation, so that the event may come again. Frees memory: runs also when Redis has none left.
-- Reply: 1, or 0 when the token does not hold the event.
if call('GET', held) == token then return call('DEL', held) end
return 0
