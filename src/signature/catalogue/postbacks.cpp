// Postbacks of affiliate networks and ad platforms: the data is the query. The language stands in
// signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"ayet", R"(
    # source: https://docs.ayetstudios.com/v/~gitbook/pdf?page=Oe7iOCsZGTg4Xdr0BvRe&only=yes (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # All parameters are signed, in the order of their names: in another order they are the same conversion.
    algorithm hmac-sha256;
    signature header:X-Ayetstudios-Security-Hash encoding=hex;
    message "{query|sortedquery}";
    id query:transaction_id;
    postback;
    identity thing;
    content signed;
)"},
    {"ironsource", R"(
    # source: https://developers.is.com/ironsource-mobile/flutter/handling-server-to-server-callback-events (read 2026-11-30) ; https://docs.unity.com/grow/en-us/levelplay/platform/settings/event-handlers (read 2026-11-30)
    # retries: keep the id; timestamp is the minute of the call
    # repeats: no
    # The publisher names the parameters: register a URL with appUserId=[USER_ID]&rewards=[REWARDS]&eventId=[EVENT_ID].
    # The fields are strung together: with the border between two of them moved, a captured request has another id. So
    # conversions are told apart by what is signed, not by their ids.
    algorithm md5;
    signature query:signature encoding=hex;
    message "{query:timestamp}{query:eventId}{query:appUserId}{query:rewards}{secret}";
    id query:eventId;
    ack 200 text/plain "{query:eventId}:OK";
    postback;
    identity event;
    content signed;
)"},
    {"adjoe", R"(
    # source: https://docs.adjoe.io/adjoe-playtime-supply-documentation/android/playtime-sdk-for-android/server-to-server-payouts (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The fields are strung together: with the border between two of them moved, a captured request has another id. So
    # conversions are told apart by what is signed, not by their ids.
    algorithm sha1;
    signature query:sid encoding=hex;
    message "{query:trans_uuid}{query:user_uuid}{query:currency}{query:coin_amount}{query:device_id}{query:sdk_app_id}{secret}";
    id query:trans_uuid;
    postback;
    identity event;
    content signed;
)"},
    {"postback-md5", R"(
    # source: from memory
    # retries: not documented
    # repeats: yes, where the network sends no txid
    # The fields are strung together: with the border between two of them moved, a captured request has another id. So
    # conversions are told apart by what is signed, not by their ids.
    algorithm md5;
    signature query:sig encoding=hex;
    message "{query:click_id}{query:txid}{query:payout}{secret}";
    id "{query:click_id}:{query:txid}";
    type query:et;
    postback;
    identity thing;
    content signed;
)"},
    {"postback-token", R"(
    # source: from memory
    # retries: not documented
    # repeats: yes, where a click has several conversions and the network numbers none
    algorithm token;
    signature query:security_token;
    id query:transaction_id;
    type query:goal_id;
    postback;
    identity thing;
)"},
    {"postback-hmac-query", R"(
    # source: from memory
    # retries: not documented
    # repeats: no, but where the network sends no txid
    # The URL without the hash is signed: where the hash stands makes no other conversion.
    algorithm hmac-sha256;
    signature query:hash encoding=hex;
    message "{url|without:hash}";
    id query:txid;
    postback;
    identity thing;
    content signed;
)"},
};
// clang-format on

}  // namespace

Definitions postbacks_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
