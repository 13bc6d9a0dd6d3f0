#include "signature/language/parser.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "signature/catalogue/catalogue.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/model/timestamp.hpp"
#include "t/unit/signature/parsed.hpp"

namespace webhook::signature {
namespace {

TEST(SchemeLanguage, EveryBuiltInDefinitionParses) {
    std::size_t count = 0;
    for (const Definitions& family : families()) {
        for (const Definition& definition : family) {
            if (definition.alias_of.empty()) {
                EXPECT_EQ(mistake(definition.text), "") << definition.name;
            }
            EXPECT_NE(find_scheme(definition.name), nullptr) << definition.name;
            EXPECT_FALSE(scheme_text(definition.name).empty());
            ++count;
        }
    }
    EXPECT_EQ(scheme_names().size(), count);
}

TEST(SchemeLanguage, TokensAreThoseOfNginx) {
    std::vector<Directive> directives;
    LanguageError error;
    ASSERT_TRUE(tokenize("a b;# comment; \"\n c \"d e\" 'f\"' \"split=;\" \"x\\\"y\\n\" g\\;h;", &directives,
                         &error));
    ASSERT_EQ(directives.size(), 2u);
    EXPECT_EQ(directives[0], (Directive{"a", "b"}));
    EXPECT_EQ(directives[1], (Directive{"c", "d e", "f\"", "split=;", "x\"y\n", "g;h"}));
    EXPECT_FALSE(tokenize("a b", &directives, &error));
    EXPECT_FALSE(tokenize("a \"b;", &directives, &error));
    EXPECT_FALSE(tokenize(";", &directives, &error));
    EXPECT_FALSE(tokenize("a \"b\"c;", &directives, &error));
    EXPECT_TRUE(tokenize("", &directives, &error));
}

TEST(SchemeLanguage, MistakesAreNamed) {
    const std::string good = "algorithm hmac-sha256; signature header:X-Sig encoding=hex;";
    EXPECT_EQ(mistake(good), "");
    EXPECT_EQ(mistake("signature header:X-Sig encoding=hex;"), "\"algorithm\" is missing");
    EXPECT_EQ(mistake(good + "algoritm x;"), "unknown directive \"algoritm\", did you mean \"algorithm\"?");
    EXPECT_EQ(mistake(good + "challenge x;"), "invalid parameter \"x\" in \"challenge\"");
    EXPECT_EQ(mistake(good + "algorithm token;"), "\"algorithm\" is duplicate");
    EXPECT_EQ(mistake(good + "key;"), "invalid number of arguments in \"key\"");
    EXPECT_EQ(mistake(good + "key pem;"), "the key rule does not fit the algorithm");
    EXPECT_EQ(mistake(good + "key der;"), "invalid key rule \"der\"");
    EXPECT_EQ(mistake("algorithm ed448; signature header:x encoding=hex;"), "invalid algorithm \"ed448\"");
    EXPECT_EQ(
        mistake("algorithm hmac-sha256; signature heder:x encoding=hex;"),
        "\"heder:x\" is not a source such as header:NAME, query:NAME or json:/a/b, did you mean \"header\"?");
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature header:x encoding=rot13;"),
              "invalid encoding \"encoding=rot13\"");
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature header:x;"), "\"signature\" lacks \"encoding=\"");
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature sha256:body encoding=hex;"),
              "signatures in \"sha256:body\" are not supported");
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature header:a>json:/sig encoding=hex;"),
              "signatures in \"header:a>json:/sig\" are not supported");
    EXPECT_EQ(mistake("algorithm hmac-sha256;"), "\"signature\" is missing");
    EXPECT_EQ(mistake(good + "message \"{bdy}\";"),
              "\"bdy\" is not a source such as header:NAME, query:NAME or json:/a/b, did you mean \"body\"?");
    EXPECT_EQ(mistake("algorithm hmac-sha-256; signature header:x encoding=hex;"),
              "invalid algorithm \"hmac-sha-256\", did you mean \"hmac-sha256\"?");
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature header:x prefx=v1= encoding=hex;"),
              "invalid parameter \"prefx=v1=\", did you mean \"prefix=\"?");
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature header:x encoding=base46;"),
              "invalid encoding \"encoding=base46\", did you mean \"base64\"?");
    EXPECT_EQ(mistake(good + "key wsec;"), "invalid key rule \"wsec\", did you mean \"whsec\"?");
    EXPECT_EQ(mistake(good + "message \"{body|sortdquery}\";"),
              "\"sortdquery\" is not a filter, did you mean \"sortedquery\"?");
    EXPECT_EQ(mistake(good + "challenge metod=GET;"),
              "invalid parameter \"metod=GET\" in \"challenge\", did you mean \"method=\"?");
    EXPECT_EQ(mistake(good + "message \"{body|rot13}\";"), "\"rot13\" is not a filter");
    EXPECT_EQ(mistake(good + "message \"{body\";"), "\"{body\" lacks a closing \"}\"");
    EXPECT_EQ(mistake(good + "message \"{header:a>json:/a}{body}\";"),
              "\"header:a>json:/a\" in a message is not supported");
    EXPECT_EQ(mistake(good + "message \"[{ts}{header:x}]{body}\";"),
              "brackets that begin with \"ts\" are never left out");
    EXPECT_EQ(mistake(good + "message \"{form}\";"), "\"form\" lacks \"|sorted\"");
    EXPECT_EQ(mistake(good + "message \"{body|sorted}\";"),
              "\"body|sorted\" sorts something else than {form} or {query}");
    EXPECT_EQ(mistake(good + "message \"{body}{header:x|hmac}\";"),
              "\"hmac\" and \"sha256\" are for answers to challenges, not for messages");
    EXPECT_EQ(mistake(good + "batch form:a;"), "\"form:a\" is not the JSON pointer of an array");
    EXPECT_EQ(mistake(good + "id \"{query:a|sorted}\";"), "\"sorted\" is not a filter");
    EXPECT_EQ(
        mistake(good + "id jsn:/id;"),
        "\"jsn:/id\" is not a source such as header:NAME, query:NAME or json:/a/b, did you mean \"json\"?");
    EXPECT_EQ(mistake(good + "id json:id;"), "\"json:id\" is not a JSON pointer");
    EXPECT_EQ(mistake(good + "id secret;"),
              "\"secret\" is not a source such as header:NAME, query:NAME or json:/a/b");
    EXPECT_EQ(mistake(good + "timestamp header:t unit=h; message \"{ts}{body}\";"),
              "invalid unit \"unit=h\"");
    EXPECT_EQ(mistake(good + "timestamp header:t; message \"{ts}{body}\";"), "\"timestamp\" lacks \"unit=\"");
    EXPECT_EQ(mistake(good + "timestamp header:t unit=s window=-1,5; message \"{ts}{body}\";"),
              "invalid window \"-1,5\"");
}

TEST(SchemeLanguage, AlgorithmsWithRulesOfTheirOwnHaveTheCommonOnesToo) {
    for (const std::string own : {"algorithm jwt-hs256; signature header:x; claims exp; unsigned_body;",
                                  "algorithm contentful;", "algorithm aws-sns; key pem;"}) {
        EXPECT_EQ(mistake(own), "") << own;
        EXPECT_EQ(mistake(own + "challenge has=query:a \"body={query:a}\";"), "") << own;
        EXPECT_NE(mistake(own + "challenge has=query:a \"body={query:a|hmac}\";"), "") << own;
        EXPECT_EQ(mistake(own + "challenge \"body=yes\";"),
                  "a challenge by POST needs \"has=\" or \"when=\", or every event would be one")
            << own;
        EXPECT_EQ(mistake(own + "challenge has=query:a capture=a=query:a;"),
                  "\"capture\" before verification needs \"require=\"")
            << own;
        EXPECT_EQ(mistake(own + "batch json:/items;"), "this algorithm takes no \"batch\"") << own;
    }
}

TEST(SchemeLanguage, WhatCouldLetAForgeryThroughIsRefused) {
    const std::string good = "algorithm hmac-sha256; signature header:X-Sig encoding=hex;";
    EXPECT_EQ(mistake(good + "message \"{header:x}\";"),
              "the body is not signed: add {body} or \"unsigned_body\"");
    EXPECT_EQ(mistake(good + "message \"{header:x}\"; unsigned_body; id header:x;"), "");
    EXPECT_EQ(mistake(good + "message \"static\"; unsigned_body;"),
              "the message holds nothing of the request");
    EXPECT_EQ(mistake(good + "timestamp header:t unit=s;"), "the timestamp is not signed");
    EXPECT_EQ(mistake(good + "message \"{ts}{body}\";"), "{ts} needs a \"timestamp\"");
    EXPECT_EQ(mistake("algorithm sha256; signature header:X-Sig encoding=hex;"),
              "a plain hash needs {secret} in its message");
    EXPECT_EQ(mistake(good + "message \"{method}\"; digest query:h;"), "the digest is not signed");
    EXPECT_EQ(mistake("algorithm token; signature header:x; timestamp header:t unit=s;"),
              "the timestamp is not signed");
    const std::string unsigned_body = "the body is not signed: add {body} or \"unsigned_body\"";
    EXPECT_EQ(mistake(good + "message \"[{header:x}{body}]\";"), unsigned_body);
    EXPECT_EQ(mistake(good + "message \"{body|crc32}\";"), unsigned_body);
    EXPECT_EQ(mistake(good + "message \"{body|before:x}\";"), unsigned_body);
    EXPECT_EQ(mistake(good + "message \"{json:/a}\";"), unsigned_body);
    EXPECT_EQ(mistake(good + "message \"{body|jsonesc}\";"), "");
    EXPECT_EQ(mistake(good + "message \"{sha256:body}\";"), "");
    EXPECT_EQ(mistake(good + "message \"{form|sorted}\";"), "");
    EXPECT_EQ(mistake(good + "message \"{body}[{query:t}]\"; timestamp query:t unit=s;"),
              "the timestamp is not signed");
    EXPECT_EQ(mistake(good + "batch json:/items;"), "the signature stands outside the elements of the batch");
    EXPECT_EQ(mistake("algorithm hmac-sha1; signature json:/a/0/s encoding=hex; batch json:/a; unsigned_body;"
                      "message \"{json:/a/0/t}\"; timestamp json:/a/0/t unit=s;"),
              "a batch cannot have timestamps in the body");
    EXPECT_EQ(mistake("algorithm none; signature header:x;"), "algorithm \"none\" takes no \"signature\"");
}

TEST(SchemeLanguage, WindowsAreAtLeastFiveMinutesUnlessExact) {
    const auto window = [](const std::string& words) {
        std::vector<Directive> directives;
        LanguageError error;
        tokenize(
            "algorithm hmac-sha256; signature header:x encoding=hex; message \"{ts}{body}\"; timestamp "
            "header:t "
            "unit=s " +
                words + ";",
            &directives, &error);
        const auto scheme = parse_scheme("own", directives, &error);
        return std::make_pair(scheme->timestamp->past, scheme->timestamp->future);
    };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    EXPECT_EQ(window(""), Pair(300, 300));
    EXPECT_EQ(window("window=5,5"), Pair(300, 300));
    EXPECT_EQ(window("window=5,6 exact"), Pair(5, 6));
    EXPECT_EQ(window("window=600,10"), Pair(600, 300));
    EXPECT_EQ(window("window=900"), Pair(900, 900));
}

TEST(SchemeLanguage, Properties) {
    EXPECT_EQ(find_scheme("nonsense"), nullptr);
    EXPECT_EQ(find_scheme("no-such-scheme"), nullptr);
    const Scheme& token = *find_scheme("postback-token");
    EXPECT_TRUE(accepts_method(token, "GET"));
    EXPECT_EQ(allowed_methods(token), "GET, POST");
    EXPECT_EQ(secret_query_params(token), std::vector<std::string>{"security_token"});
    const Scheme& gitlab = *find_scheme("gitlab");
    EXPECT_FALSE(accepts_method(gitlab, "GET"));
    EXPECT_FALSE(accepts_method(gitlab, "post"));
    EXPECT_EQ(secret_headers(gitlab), (std::vector<std::string>{"authorization", "x-gitlab-token"}));
    EXPECT_TRUE(signs_url(*find_scheme("square")));
    EXPECT_FALSE(signs_url(gitlab));
    EXPECT_EQ(tenant_sources(*find_scheme("publish")), std::vector<std::string>{"header:ce-tenant"});
}

long size_of(std::string_view text, base::Encoding encoding) {
    unsigned char out[64];
    return base::decode_into(text, encoding, out, sizeof(out));
}

TEST(Encoding, Strict) {
    EXPECT_EQ(size_of("", base::Encoding::hex), 0);
    EXPECT_EQ(size_of("0aFf", base::Encoding::hex), 2);
    for (const char* bad : {"0", "0g", " 00", "0x", "00\n"})
        EXPECT_EQ(size_of(bad, base::Encoding::hex), -1) << bad;
    EXPECT_EQ(size_of("QQ==", base::Encoding::base64), 1);
    EXPECT_EQ(size_of("QUI=", base::Encoding::base64), 2);
    EXPECT_EQ(size_of("QUJD", base::Encoding::base64), 3);
    EXPECT_EQ(size_of("QQ", base::Encoding::base64), 1);
    EXPECT_EQ(size_of("QUI", base::Encoding::base64), 2);
    for (const char* bad : {"QQ=", "QQ===", "QR==", "QR", "QUJ=", "QUJ", "=", "====", "Q===", "Q",
                            "QQ==QQ==", "QU-*", "Q Q=", "QUI=\n"}) {
        EXPECT_EQ(size_of(bad, base::Encoding::base64), -1) << bad;
    }
    EXPECT_EQ(size_of("-_+/", base::Encoding::base64), 3) << "the alphabet of URLs, too";
    EXPECT_EQ(size_of("_-8", base::Encoding::base64url), 2);
    EXPECT_EQ(size_of("_-8=", base::Encoding::base64url), 2);
    for (const char* bad : {"_-8==", "+/8", "_-9", "_"})
        EXPECT_EQ(size_of(bad, base::Encoding::base64url), -1) << bad;
    EXPECT_EQ(size_of(std::string(130, '0'), base::Encoding::hex), -1);
    EXPECT_EQ(size_of(std::string(88, 'A'), base::Encoding::base64), -1);
}

TEST(Encoding, ThereAndBack) {
    std::string bytes;
    for (int i = 0; i < 64; ++i) {
        for (const base::Encoding encoding :
             {base::Encoding::hex, base::Encoding::base64, base::Encoding::base64url}) {
            std::string text;
            std::string back;
            base::encode_text(bytes, encoding, &text);
            ASSERT_TRUE(base::decode_text(text, encoding, &back)) << text;
            EXPECT_EQ(back, bytes);
        }
        bytes.push_back(static_cast<char>(i * 37 + 200));
    }
}

std::int64_t ms_of(std::string_view text, Unit unit) {
    std::int64_t ms = 0;
    return parse_timestamp(text, unit, &ms) ? ms : -1;
}

TEST(Timestamp, Numbers) {
    EXPECT_EQ(ms_of("1760000000", Unit::seconds), 1760000000000);
    EXPECT_EQ(ms_of("1760000000123", Unit::milliseconds), 1760000000123);
    EXPECT_EQ(ms_of("1760000000", Unit::automatic), 1760000000000);
    EXPECT_EQ(ms_of("1760000000123", Unit::automatic), 1760000000123);
    EXPECT_EQ(ms_of("000000000000001", Unit::seconds), 1000);
    EXPECT_EQ(ms_of("0000000000000001", Unit::seconds), -1);
}

TEST(Timestamp, Rfc3339) {
    EXPECT_EQ(ms_of("1970-01-01T00:00:00Z", Unit::rfc3339), 0);
    EXPECT_EQ(ms_of("2025-10-09T08:53:20Z", Unit::rfc3339), 1760000000000);
    EXPECT_EQ(ms_of("2025-10-09T08:53:20.123456789Z", Unit::rfc3339), 1760000000123);
    EXPECT_EQ(ms_of("2025-10-09T01:53:20-07:00", Unit::rfc3339), 1760000000000);
    EXPECT_EQ(ms_of("2025-10-09t14:38:20+05:45", Unit::rfc3339), 1760000000000);
    EXPECT_EQ(ms_of("2025-10-09T14:38:20+0545", Unit::rfc3339), 1760000000000);
    EXPECT_EQ(ms_of("2025-10-09T08:53:20+0000", Unit::rfc3339), 1760000000000);
    EXPECT_EQ(ms_of("2025-10-09T08:53:20", Unit::rfc3339), 1760000000000) << "no zone: UTC";
    EXPECT_EQ(ms_of("2024-02-29T00:00:00Z", Unit::rfc3339), 1709164800000);
    for (const char* bad :
         {"", "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-10-09T24:00:00Z",
          "2025-10-09T08:60:00Z", "2025-10-09", "2025-10-09T08:53:20.Z", "2025-10-09T08:53:20.1234567890Z",
          "2025-10-09T08:53:20+07", "2025-10-09T08:53:20+070", "2025-10-09T08:53:20+07000",
          "2025-10-09T08:53:20Zx", "2025-10-09T08:53:20+24:00", "0000-01-01T00:00:00Z", "1760000000"}) {
        EXPECT_EQ(ms_of(bad, Unit::rfc3339), -1) << bad;
    }
}

TEST(Timestamp, HttpDates) {
    for (const char* good : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT"})
        EXPECT_EQ(ms_of(good, Unit::http_date), 784111777000) << good;
    EXPECT_EQ(ms_of("Thu, 01 Jan 1970 00:00:00 GMT", Unit::http_date), 0);
    EXPECT_EQ(ms_of("Thursday, 09-Oct-25 08:53:20 GMT", Unit::http_date), 1760000000000);
    EXPECT_EQ(ms_of("Thu Feb 29 12:00:00 2024", Unit::http_date), 1709208000000);
    EXPECT_EQ(ms_of("784111777", Unit::http_date), 784111777000);
    EXPECT_EQ(ms_of("1760000000000", Unit::http_date), 1760000000000);
    for (const char* bad :
         {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37.5 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
          "Sun Nov 06 08:49:37 1994 GMT", "784111777x"})
        EXPECT_EQ(ms_of(bad, Unit::http_date), -1) << bad;
}

TEST(Timestamp, Written) {
    EXPECT_EQ(format_timestamp(1760000000999, Unit::seconds), "1760000000");
    EXPECT_EQ(format_timestamp(1760000000999, Unit::milliseconds), "1760000000999");
    EXPECT_EQ(format_timestamp(1760000000999, Unit::rfc3339), "2025-10-09T08:53:20Z");
    EXPECT_EQ(format_timestamp(1760000000999, Unit::http_date), "Thu, 09 Oct 2025 08:53:20 GMT");
    EXPECT_EQ(format_timestamp(784111777000, Unit::http_date), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_timestamp(-1000, Unit::http_date), "Wed, 31 Dec 1969 23:59:59 GMT");
    for (std::int64_t s = -86400LL * 800; s < 86400LL * 40000; s += 86400LL * 37 + 12345) {
        EXPECT_EQ(ms_of(format_timestamp(s * 1000, Unit::rfc3339), Unit::rfc3339), s * 1000);
        EXPECT_EQ(ms_of(format_timestamp(s * 1000, Unit::http_date), Unit::http_date), s * 1000);
    }
}

}  // namespace
}  // namespace webhook::signature
