// Sources of id, type, tenant and partition that are no JSON: path, claims, variables of nginx, chains; and
// what limits names.

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/json_cut.hpp"
#include "base/json_scan.hpp"
#include "event/extractor.hpp"
#include "event/path.hpp"
#include "event/template.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::event {
namespace {

using Sources = std::vector<std::string>;

/// A request with variables, by index, that counts how often they are asked for.
class Named : public test::PlainRequest {
  public:
    std::vector<std::string> values;
    mutable std::size_t asked = 0;

    std::string_view variable(std::size_t index) const override {
        ++asked;
        return values.at(index);
    }
};

std::unique_ptr<Extractor> make(const Extractor::Fields& fields, SourceSet set = SourceSet::directive) {
    std::string error;
    auto extractor = Extractor::make(fields, &error, set);
    EXPECT_TRUE(extractor) << error;
    return extractor;
}

Extractor::Values extract(const Request& request, const Extractor::Fields& fields) {
    Extractor::Values values;
    make(fields)->extract(request, 1 << 20, &values);
    return values;
}

std::string id_of(const Request& request, const Sources& id) {
    return extract(request, {id, {}, {}, {}}).id;
}

std::string error_of(const std::string& text, SourceSet set = SourceSet::directive) {
    std::string error;
    EXPECT_FALSE(Extractor::make({{text}, {}, {}, {}}, &error, set)) << text;
    return error;
}

TEST(Path, Segments) {
    test::PlainRequest request;
    request.set_url("https://h.example/in/acme%20%2F+1;v=2//%e2%82%ac%zz/?x=/y/");
    EXPECT_EQ(id_of(request, {"path"}), "/in/acme%20%2F+1;v=2//%e2%82%ac%zz/");
    EXPECT_EQ(id_of(request, {"path:1"}), "in");
    EXPECT_EQ(id_of(request, {"path:2"}), "acme /+1;v=2");
    EXPECT_EQ(id_of(request, {"path:3"}), "");
    EXPECT_EQ(id_of(request, {"path:4"}), "\xe2\x82\xac%zz");
    EXPECT_EQ(id_of(request, {"path:5"}), "");
    EXPECT_EQ(id_of(request, {"path:6", "path:99", "path:1"}), "in");
    EXPECT_EQ(id_of(request, {"{path:1}/{path:2|lower}[#{path:7}]"}), "in/acme /+1;v=2");
    for (const char* bad : {"path:", "path:0", "path:01", "path:100", "path:-1", "path:a", "path:1a"})
        EXPECT_NE(error_of(bad).find("is not a segment of the path"), std::string::npos) << bad;
}

TEST(Claims, OfTheVerifiedToken) {
    test::PlainRequest request;
    EXPECT_EQ(id_of(request, {"claim:jti"}), "") << "no token";
    request.claims =
        R"({"jti":"t1","https://h/tenant":"acme","n":7,"aud":["a"],"data":"{\"id\":\"in\"}","jti2":null})";
    EXPECT_EQ(id_of(request, {"claim:none", "claim:jti"}), "t1");
    EXPECT_EQ(id_of(request, {"{claim:jti}-{claim:n}"}), "t1-7");
    EXPECT_EQ(id_of(request, {"claim:https://h/tenant"}), "acme");
    EXPECT_EQ(id_of(request, {"claim:aud"}), "");
    EXPECT_EQ(id_of(request, {"claim:data>json:/id"}), "in");
    EXPECT_TRUE(make({{}, {}, {"{claim:a}"}, {}})->reads_claims());
    EXPECT_FALSE(make({{"json:/claim"}, {}, {}, {}})->reads_claims());
    EXPECT_EQ(error_of("claim:"), "\"claim:\" lacks a name");
}

TEST(Variables, Templates) {
    Named request;
    request.set_url("https://h.example/p?cid=c1");
    const auto extractor =
        make({{"{query:none}", "$b", "${a}"}, {"{query:cid}:$a"}, {"x-${c}_$a"}, {"[$b;]$c"}});
    EXPECT_EQ(extractor->variables(), (Sources{"$b", "${a}", "$a", "${c}", "$c"}));
    request.values = {"", "v1", "v1", "v3", "v3"};
    Extractor::Values values;
    extractor->extract(request, 1 << 20, &values);
    EXPECT_EQ(values.id, "v1");
    EXPECT_EQ(values.type, "c1:v1");
    EXPECT_EQ(values.tenant, "x-v3_v1");
    EXPECT_EQ(values.partition, "v3");
    request.asked = 0;
    EXPECT_EQ(id_of(request, {"query:cid", "$a"}), "c1");
    EXPECT_EQ(request.asked, 0u) << "only those that are needed are evaluated";
}

TEST(Variables, AreNoneInSourcesAndSchemes) {
    Named request;
    request.set_body(R"({"_id":{"$oid":"o1"}})");
    EXPECT_EQ(id_of(request, {"json:/_id/$oid"}), "o1");
    EXPECT_EQ(id_of(request, {"{json:/_id/$oid}"}), "o1");
    EXPECT_TRUE(make({{"json:/_id/$oid", "query:$id"}, {}, {}, {}})->variables().empty());
    EXPECT_TRUE(make({{"{query:a}$b"}, {}, {}, {}}, SourceSet::event)->variables().empty());
    EXPECT_NE(error_of("$click", SourceSet::event).find("is not a source"), std::string::npos);
    // Names that nginx refuses are left to nginx.
    EXPECT_EQ(make({{"$"}, {"${x"}, {"a$-b"}, {"$1"}})->variables(), (Sources{"$", "${x", "$1"}));
}

TEST(Chains, Base64AndXml) {
    test::PlainRequest request;
    request.set_header("content-type", "application/x-www-form-urlencoded");
    // <notification><kind>check</kind></notification>, broken into lines, and JSON without padding.
    request.set_body(
        "bt=PG5vdGlmaWNhdGlvbj48a2luZD5j%0AaGVjazwva2luZD48L25vdGlmaWNhdGlvbj4%3D%0A&j=eyJpZCI6ImoxIn0&x=%"
        "3Ca%3E1%3C/a%3E");
    EXPECT_EQ(id_of(request, {"form:bt>base64>xml:/notification/kind"}), "check");
    EXPECT_EQ(id_of(request, {"{form:bt>base64>xml:/notification/kind}-{method}"}), "check-POST");
    EXPECT_EQ(id_of(request, {"form:j>base64>json:/id"}), "j1");
    EXPECT_EQ(id_of(request, {"form:j>base64"}), "{\"id\":\"j1\"}");
    EXPECT_EQ(id_of(request, {"form:x>xml:/a"}), "1");
    EXPECT_EQ(id_of(request, {"form:x>base64>xml:/a"}), "");
    request.set_body("<a><m>{\"id\":\"in\"}</m></a>");
    EXPECT_EQ(id_of(request, {"xml:/a/m>json:/id"}), "in");
    EXPECT_EQ(error_of("base64"), "\"base64\" is not a source such as header:NAME, query:NAME or json:/a/b");
    EXPECT_NE(error_of("form:a>path:1").find("cannot stand after"), std::string::npos);
    Source source;
    std::string error;
    for (const char* text : {"form:a>base64>json:/b", "form:a>xml:/b", "xml:/a", "$a"})
        EXPECT_FALSE(parse_source(text, SourceSet::scheme, &source, &error))
            << text << ": nothing for signed texts";
}

TEST(Json, ByteOrderMarks) {
    const std::string body = "\xef\xbb\xbf{\"id\":\"a\"}";
    test::PlainRequest request;
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        request.set_body(body, {cut / 2, cut});
        EXPECT_EQ(id_of(request, {"json:/id"}), "a") << cut;
    }
    for (const std::string& other : std::vector<std::string>{
             "\xef\xbb\xbf" + body, "\xef\xbb{\"id\":\"a\"}", std::string("\xef\xbb\xbf"), " " + body,
             std::string("\xff\xfe{\0\"\0i\0d\0\"\0:\0\"\0a\0\"\0}\0", 22),
             std::string("\xfe\xff\0{\0\"\0i\0d\0\"\0:\0\"\0a\0\"\0}", 22),
             std::string("{\0\"\0i\0d\0\"\0:\0\"\0a\0\"\0}\0", 20)}) {
        request.set_body(other);
        EXPECT_EQ(id_of(request, {"json:/id"}), "") << other;
    }
    request.set_header("content-type", "application/x-www-form-urlencoded");
    request.set_body("p=%EF%BB%BF%7B%22id%22%3A%22in%22%7D");
    EXPECT_EQ(id_of(request, {"form:p>json:/id"}), "in");
}

TEST(Json, ValuesAreLeftOutBehindAByteOrderMark) {
    const base::Pointers attempt = {{"attempt"}};
    const auto content = [&](const std::string& text, std::size_t cut) {
        test::PlainRequest request;
        request.set_body("\xef\xbb\xbf" + text, {cut});
        base::HashState state(base::Hash::sha256);
        base::update_without(attempt, request.body, &state);
        return base::to_hex(state.finish().view());
    };
    const std::string first = content(R"({"id":1,"attempt":1})", 0);
    for (std::size_t cut = 0; cut <= 20; ++cut)
        EXPECT_EQ(content(R"({"id":1,"attempt":23})", cut), first) << cut;
    EXPECT_NE(content(R"({"id":2,"attempt":1})", 0), first);
}

TEST(Names, LongOnes) {
    test::PlainRequest request;
    const auto names = [&](const std::string& value) {
        request.set_header("x", value);
        return extract(request, {{"header:x"}, {"header:x"}, {"header:x"}, {"header:x"}});
    };
    const std::string most(256, 'a');
    EXPECT_EQ(names(most).id, most);
    EXPECT_EQ(names(most).type, most);
    const Extractor::Values longer = names(most + "a");
    EXPECT_EQ(longer.id, "sha256:" + base::to_hex(base::digest_of(base::Hash::sha256, most + "a").view()));
    EXPECT_EQ(longer.type, most);
    EXPECT_EQ(longer.tenant, most + "a") << "the caller refuses it";
    EXPECT_EQ(longer.partition, most + "a") << "it is hashed anyway";
    EXPECT_NE(names(most + "b").id, longer.id);
    for (const char c : {'\n', '\0', '\x7f'}) {
        EXPECT_EQ(names(most + c).id, most + c) << "is refused";
        EXPECT_EQ(names(most + c).type, most + c);
    }
}

TEST(Names, TypesAreCutBetweenCharacters) {
    test::PlainRequest request;
    for (const std::string letter : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
        for (std::size_t before = 240; before <= 256; ++before) {
            std::string type(before, 'a');
            for (int i = 0; i < 20; ++i)
                type += letter;
            request.set_header("x", type);
            const std::string cut = extract(request, {{}, {"header:x"}, {}, {}}).type;
            EXPECT_EQ(cut, type.substr(0, before + (256 - before) / letter.size() * letter.size()));
        }
    }
    request.set_header("x", std::string(300, '\xbf'));  // no UTF-8 at all
    EXPECT_GE(extract(request, {{}, {"header:x"}, {}, {}}).type.size(), 252u);
}

}  // namespace
}  // namespace webhook::event
