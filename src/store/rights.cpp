#include "store/rights.hpp"

#include "base/text.hpp"
#include "store/keys.hpp"
#include "store/lua.hpp"

namespace webhook::store {

namespace {

// Redis checks whole commands, with the number of words that they have: newer versions take "HSET key" for an
// error.
const Script& rights_script() {
    static const Script script(lua::missing_rights());
    return script;
}

}  // namespace

const std::vector<Right>& needed_rights() {
    static const std::vector<Right> rights{
        {"CLIENT|ID", ""},
        {"CLIENT|UNBLOCK", "0"},
        {"DEL", "K"},
        {"EXISTS", "K"},
        {"GET", "K"},
        {"HDEL", "K f"},
        {"HEXISTS", "K f"},
        {"HGET", "K f"},
        {"HGETALL", "K"},
        {"HINCRBY", "K f 1"},
        {"HMGET", "K f"},
        {"HSET", "K f v"},
        {"HSETNX", "K f v"},
        {"HSTRLEN", "K f"},
        {"LINDEX", "K 0"},
        {"LPOP", "K"},
        {"LPOS", "K v"},
        {"LRANGE", "K 0 0"},
        {"PEXPIRE", "K 1"},
        {"RPUSH", "K v"},
        {"SADD", "K m"},
        {"SCAN", "0"},
        {"SET", "K v"},
        {"SMEMBERS", "K"},
        {"SREM", "K m"},
        {"TIME", ""},
        {"UNLINK", "K"},
        {"XADD", "K * f v"},
        {"XDEL", "K 0"},
        {"XGROUP|CREATE", "K g $"},
        {"XGROUP|DESTROY", "K g"},
        {"XGROUP|SETID", "K g $"},
        {"XINFO|GROUPS", "K"},
        {"XLEN", "K"},
        {"XPENDING", "K g"},
        {"XRANGE", "K - +"},
        {"XREAD", "STREAMS K 0"},
        {"XTRIM", "K MINID 0"},
        {"ZADD", "K 0 m"},
        {"ZCARD", "K"},
        {"ZRANGE", "K 0 0"},
        {"ZREM", "K m"},
        {"ZSCORE", "K m"},
    };
    return rights;
}

Call missing_rights() {
    Call call(rights_script(), std::string(config_prefix) + "meta");
    for (const Right& right : needed_rights())
        call.arg(right.name).arg(right.arguments);
    return call;
}

// Redis 7.0 within scripts: "The user executing the script can't run this command or subcommand", "... can't
// access at least one of the keys". Later versions: "User x has no permissions to run the 'y' command", "...
// to access ...".
bool is_missing_right(std::string_view error) {
    if (base::starts_with(error, "NOPERM")) return true;
    for (const std::string_view words :
         {"can't run this command", "can't access at least one of the keys", "ACL failure in script",
          "has no permissions to", "No permissions to access"}) {
        if (error.find(words) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace webhook::store
