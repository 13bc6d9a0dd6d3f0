#include "store/rights.hpp"

#include "event/text.hpp"
#include "store/keys.hpp"

namespace webhook::store {

namespace {

const Script& rights_script() {
    static const Script script(R"lua(#!lua flags=no-writes
local missing = {}
for _, name in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(name, '[^|]+') do words[#words + 1] = word end
  words[#words + 1] = KEYS[1]
  if not redis.acl_check_cmd(unpack(words)) then missing[#missing + 1] = name end
end
return table.concat(missing, ' ')
)lua");
    return script;
}

/// Each command that a script of settle, sweep, waiting, lease, configuration or admin calls, and SCAN and XREAD, by which
/// the worker finds streams and reads them.
constexpr std::string_view commands[] = {
    "DEL",           "EXISTS",         "GET",          "HDEL",         "HEXISTS", "HGET",     "HGETALL",
    "HINCRBY",       "HMGET",          "HSET",         "HSETNX",       "HSTRLEN", "LINDEX",   "LPOP",
    "PTTL",          "RPUSH",          "SCAN",         "SET",          "TIME",    "UNLINK",   "XADD",
    "XGROUP|CREATE", "XGROUP|DESTROY", "XGROUP|SETID", "XINFO|GROUPS", "XLEN",    "XPENDING", "XRANGE",
    "XREAD",         "XTRIM",          "ZADD",         "ZCARD",        "ZRANGE",  "ZREM",     "ZSCORE"};

}  // namespace

Call missing_rights() {
    Call call(rights_script(), std::string(config_prefix) + "meta");
    for (const std::string_view command : commands)
        call.arg(command);
    return call;
}

bool is_missing_right(std::string_view error) {
    return event::starts_with(error, "NOPERM") ||
           error.find("can't run this command") != std::string_view::npos;
}

}  // namespace webhook::store
