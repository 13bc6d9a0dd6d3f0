// Definitions made at random: of those that are taken, no changed request may pass as another event.

#include <gtest/gtest.h>

#include <random>

#include "event/extractor.hpp"
#include "signature/language/parser.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/content.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

constexpr std::int64_t now_ms = 1760000000000;
const std::string secret = "0123456789abcdef0123456789abcdef";

/// The parts of one request, so that each can be changed by itself.
struct Parts {
    std::string method = "POST", query = "id=Ab1&name=x", body = "{\"id\":\"evt_1\",\"amount\":5}",
                id = "Id-1";
    std::string signature;

    void fill(bool in_query, test::PlainRequest* request) const {
        request->method = method;
        request->set_url("https://h.test/in?" + query +
                         (in_query && !signature.empty() ? "&sig=" + signature : ""));
        request->set_body(body);
        request->headers = {{"Host", "h.test"}, {"X-Time", "1760000000"}, {"X-Id", id}};
        if (!in_query && !signature.empty()) request->set_header("X-Sig", signature);
    }
};

std::vector<Parts> changed(const Parts& from) {
    std::vector<Parts> all;
    const auto change = [&](auto&& set) {
        Parts copy = from;
        set(copy);
        all.push_back(copy);
    };
    for (const char* query :
         {"id=Ab1&name=y", "id=Ab2&name=x", "id=aB1&name=x", "id=Ab1&name=x&x=1", "x=1&id=Ab1&name=x",
          "id=Ab1&name=x&id=Ab2", "id=Ab2&id=Ab1&name=x", "%69d=Ab2&id=Ab1&name=x", "name=x&id=Ab1",
          "id=Ab1%26name=x", "id=Ab1%26name%3dx", "id=Ab1%2Cname%3Dx", "name=x&id=Ab1&id=Ab2",
          "id=Ab1&name=x&xsig=1", "ID=Ab2&id=Ab1&name=x", "id=Ab1;id=2&name=x", "name=x", "id=&name=x"})
        change([&](Parts& parts) { parts.query = query; });
    for (const char* body : {"", "{\"id\":\"evt_2\",\"amount\":5}", "{\"id\":\"evt_1\",\"amount\":6}",
                             "{\"id\":\"evt_1\",\"amount\":5} ", "{\"ID\":\"evt_1\",\"amount\":5}", "{}"})
        change([&](Parts& parts) { parts.body = body; });
    for (const char* id : {"Id-2", "id-1", "ID-1", ""})
        change([&](Parts& parts) { parts.id = id; });
    change([](Parts& parts) { parts.method = "GET"; });
    change([](Parts& parts) { parts.id = "Id-2", parts.body = "{}"; });
    change([](Parts& parts) { parts.query = "id=Ab2", parts.body = "{\"id\":\"evt_2\"}"; });
    return all;
}

std::string id_of(const Scheme& scheme, const event::Request& request) {
    std::string error;
    event::Extractor::Values values;
    const auto extractor = event::Extractor::make({scheme.id, {}, {}, {}}, &error);
    EXPECT_TRUE(extractor) << error;
    extractor->extract(request, 1 << 20, &values);
    return values.id.empty() ? base::to_hex(content_of(scheme, request, {}, 1 << 20).view()) : values.id;
}

class Definition {
  public:
    explicit Definition(std::mt19937* random) : random_(*random) {}

    std::string text() {
        static const std::vector<std::string> parts = {"{body}",
                                                       "{method}",
                                                       "{ts}",
                                                       "{url}",
                                                       "{url|without:sig}",
                                                       "{url|without:id}",
                                                       "{query}",
                                                       "{query|without:sig}",
                                                       "{query|without:name}",
                                                       "{query|before:&sig=}",
                                                       "{query|before:sig=}",
                                                       "{query|before:&name=}",
                                                       "{query|lower}",
                                                       "{query|sortedquery}",
                                                       "{query|sorted:=:&}",
                                                       "{query|without:sig|sorted:=:,}",
                                                       "{query|without:sig|sorted:=:&:raw}",
                                                       "{query|sized}",
                                                       "{query|decoded}",
                                                       "{url|decoded::/}",
                                                       "{query:id|sized}",
                                                       "{form|sized}",
                                                       "{body|sized}",
                                                       "{query:id}",
                                                       "{query:id|lower}",
                                                       "{query:name}",
                                                       "{header:X-Id}",
                                                       "{header:X-Id|lower}",
                                                       "{header:X-Id|crc32}",
                                                       "{header:Host}",
                                                       "{json:/id}",
                                                       "{json:/amount}",
                                                       "{body|crc32}",
                                                       "{body|lower}",
                                                       "{sha256:body}",
                                                       "[{query:id}]",
                                                       "[{header:X-Id}]",
                                                       "v0:",
                                                       "{header:X-Time}"};
        static const std::vector<std::string> ids = {"",
                                                     "id query:id; ",
                                                     "id header:X-Id; ",
                                                     "id json:/id; ",
                                                     "id json:/id query:id; ",
                                                     "id header:X-Id json:/id; ",
                                                     "id \"{query:id|lower}\"; ",
                                                     "id \"{query:id}-{header:X-Id}\"; ",
                                                     "id sha256:body; ",
                                                     "id query:name; "};
        std::string message, other;
        for (std::size_t i = 1 + number(3); i > 0; --i) {
            const std::string& part = parts[number(parts.size())];
            const std::string mark = number(2) == 0 ? "." : "";
            message += part + mark;
            // Another message differs in filters, as a rule.
            other += (number(2) == 0 ? part.substr(0, part.find_first_of("|}")) + "}" : part) + mark;
        }
        std::string text = "algorithm hmac-sha256; signature ";
        text += number(2) == 0 ? "header:X-Sig" : "query:sig";
        text += " encoding=hex; message \"" + message + "\"" + (number(4) == 0 ? " any" : "") + "; ";
        if (number(4) == 0) text += "message \"" + other + "\"; ";
        if (number(2) == 0) text += "unsigned_body; ";
        if (number(3) == 0) text += "postback; ";
        if (number(3) == 0) text += "timestamp header:X-Time unit=s; ";
        return text + ids[number(ids.size())];
    }

  private:
    std::size_t number(std::size_t below) { return random_() % below; }
    std::mt19937& random_;
};

/// Signs one of the messages as the sender does: before the signature is there.
bool sign(const Scheme& scheme, std::size_t message_number, Parts* parts) {
    test::PlainRequest request;
    std::string error;
    Prepared prepared;
    parts->fill(false, &request);
    if (!prepare(scheme, {secret}, {}, {}, KeyUse::verify, &prepared, &error)) return false;
    Evaluation evaluation(request, &scheme.body);
    Message message;
    const auto& rule = prepared.messages.at(message_number % prepared.messages.size());
    if (message.resolve(rule.text, "1760000000", &evaluation) != Message::Error::none) return false;
    base::encode_text(message.digest(scheme, prepared.keys.front(), request.body).view(), base::Encoding::hex,
                      &parts->signature);
    return true;
}

TEST(BindingProperty, NoChangedRequestPassesAsAnotherEvent) {
    std::mt19937 random(1760000000);
    Definition definition(&random);
    std::size_t taken = 0, refused = 0, signed_ones = 0, requests = 0;
    for (int round = 0; round < 30000; ++round) {
        const std::string text = definition.text();
        std::vector<Directive> directives;
        LanguageError error;
        ASSERT_TRUE(tokenize(text, &directives, &error));
        const auto scheme = parse_scheme("own", directives, &error);
        ++(scheme ? taken : refused);
        if (!scheme) continue;
        Parts genuine;
        if (scheme->refuses_body) genuine.body.clear();
        const bool in_query = scheme->signature.from.front().kind == event::Source::Kind::query;
        VerifierOptions options;
        options.secrets = {secret};
        const auto verifier = Verifier::make(*scheme, options, &error.message);
        ASSERT_TRUE(verifier) << error.message;
        test::PlainRequest first;
        if (!sign(*scheme, random(), &genuine)) continue;
        genuine.fill(in_query, &first);
        // A signature in a query that is signed whole fits none.
        if (verifier->check(first, now_ms).verdict != Verdict::genuine) continue;
        ++signed_ones;
        const std::string id = id_of(*scheme, first);
        for (const Parts& parts : changed(genuine)) {
            test::PlainRequest request;
            parts.fill(in_query, &request);
            ++requests;
            if (verifier->check(request, now_ms).verdict != Verdict::genuine) continue;
            const bool same_body = parts.body == genuine.body;
            EXPECT_TRUE(same_body || scheme->unsigned_body) << text << "body: " << parts.body;
            // Who signs the whole body may leave ids in headers or the query unsigned (GitHub).
            const bool body_tells = signs_body(*scheme) || (!scheme->unsigned_body && !scheme->postback);
            EXPECT_TRUE(body_tells || id_of(*scheme, request) == id)
                << text << "query: " << parts.query << ", id: " << parts.id << ", body: " << parts.body;
        }
    }
    RecordProperty("definitions", static_cast<int>(taken + refused));
    RecordProperty("requests", static_cast<int>(requests));
    std::printf("%zu definitions, %zu taken, %zu signed, %zu changed requests\n", taken + refused, taken,
                signed_ones, requests);
    EXPECT_GT(taken, 500u);
    EXPECT_GT(refused, 5000u);
    EXPECT_GT(requests, 5000u);
}

}  // namespace
}  // namespace webhook::signature
