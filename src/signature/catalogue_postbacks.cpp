// Postbacks of affiliate networks and ad platforms: the data is the query. The language stands in
// signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"ayet", R"(
    algorithm hmac-sha256;
    signature header:X-Ayetstudios-Security-Hash encoding=hex;
    message "{query|sortedquery}";
    id query:transaction_id;
    postback;
)"},
    {"ironsource", R"(
    algorithm md5;
    signature query:signature encoding=hex;
    message "{query:timestamp}{query:eventId}{query:appUserId}{query:rewards}{secret}";
    id query:eventId;
    ack 200 text/plain "{query:eventId}:OK";
    postback;
)"},
    {"adjoe", R"(
    algorithm sha1;
    signature query:sid encoding=hex;
    message "{query:trans_uuid}{query:user_uuid}{query:currency}{query:coin_amount}{query:device_id}{query:sdk_app_id}{secret}";
    id query:trans_uuid;
    postback;
)"},
    {"postback-md5", R"(
    algorithm md5;
    signature query:sig encoding=hex;
    message "{query:click_id}{query:txid}{query:payout}{secret}";
    id "{query:click_id}:{query:txid}";
    type query:et;
    postback;
)"},
    {"postback-token", R"(
    algorithm token;
    signature query:security_token;
    id query:transaction_id;
    type query:goal_id;
    postback;
)"},
    {"postback-hmac-query", R"(
    algorithm hmac-sha256;
    signature query:hash encoding=hex;
    message "{url|without:hash}";
    id query:txid;
    postback;
)"},
};
// clang-format on

}  // namespace

Definitions postbacks_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
