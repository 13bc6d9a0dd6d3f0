// Values of XML bodies, and what must not be read as one.

#include "base/xml.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "event/extractor.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::event {
namespace {

using test::PlainRequest;

std::string xml_id(const std::string& body, const std::string& source,
                   const std::vector<std::size_t>& cuts = {}, std::size_t limit = 1 << 20) {
    PlainRequest request;
    request.set_body(body, cuts);
    std::string error;
    Extractor::Values values;
    const auto extractor = Extractor::make({{source}, {}, {}, {}}, &error);
    EXPECT_TRUE(extractor) << error;
    if (extractor) extractor->extract(request, limit, &values);
    return values.id;
}

bool is_xml(std::string_view body, std::vector<std::string>* values) {
    return base::find_in_xml({&body, 1, body.size()}, {{"a"}}, values);
}

/// False, and no value is left, whatever stood before the fault.
bool is_refused(const std::string& body) {
    std::vector<std::string> values;
    return !is_xml(body, &values) && values == std::vector<std::string>{""};
}

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

const std::string notification =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><n:notification xmlns:n=\"urn:n\" "
    "xmlns:kind=\"urn:k\" n:kind='  k1 '>\n"
    "  <timestamp type=\"datetime\">2026-11-30T00:00:00Z</timestamp>\n"
    "  <kind>\n    subscription_charged&amp;<![CDATA[<ok>]]> </kind>\n"
    "  <subject><transaction><id>t1</id></transaction><transaction><id>t2</id></transaction>"
    "<item>one</item><item><n:ref>r1</n:ref></item></subject>\n"
    "  <empty/><mixed>a<b>b</b>c</mixed>\n</n:notification>\n";

TEST(Xml, Values) {
    EXPECT_EQ(xml_id(notification, "xml:/notification/kind"), "subscription_charged&<ok>");
    EXPECT_EQ(xml_id(notification, "xml:/notification/timestamp"), "2026-11-30T00:00:00Z");
    EXPECT_EQ(xml_id(notification, "xml:/notification/timestamp/@type"), "datetime");
    EXPECT_EQ(xml_id(notification, "xml:/notification/@kind"), "k1") << "no declaration of a namespace";
    EXPECT_EQ(xml_id(notification, "xml:/notification/subject/transaction/id"), "t1") << "the first match";
    EXPECT_EQ(xml_id(notification, "xml:/notification/subject/item"), "one");
    EXPECT_EQ(xml_id(notification, "xml:/notification/subject/item/ref"), "r1") << "of the second item";
    EXPECT_EQ(xml_id(notification, "xml:/notification/mixed"), "ac");
    EXPECT_EQ(xml_id(notification, "xml:/notification/mixed/b"), "b");
    for (const char* absent :
         {"empty", "subject", "kind/@type", "timestamp/type", "Kind", "transaction/id", "kind/kind"})
        EXPECT_EQ(xml_id(notification, std::string("xml:/notification/") + absent), "") << absent;
    EXPECT_EQ(xml_id(notification, "xml:/kind"), "");
    EXPECT_EQ(xml_id(notification, "{xml:/notification/kind/@x}{xml:/notification/timestamp}"),
              "2026-11-30T00:00:00Z");
}

TEST(Xml, BodyMayBeCutAnywhere) {
    for (std::size_t cut = 0; cut <= notification.size(); ++cut)
        EXPECT_EQ(xml_id(notification, "xml:/notification/kind", {cut / 2, cut}), "subscription_charged&<ok>")
            << cut;
}

TEST(Xml, OnePassForAllFields) {
    PlainRequest request;
    request.set_body(notification);
    std::string error;
    const auto extractor = Extractor::make({{"xml:/none", "xml:/notification/subject/transaction/id"},
                                            {"json:/type", "xml:/notification/kind"},
                                            {"xml:/notification/@kind"},
                                            {}},
                                           &error);
    ASSERT_TRUE(extractor) << error;
    Extractor::Values values;
    extractor->extract(request, 1 << 20, &values);
    EXPECT_EQ(values.id, "t1");
    EXPECT_EQ(values.type, "subscription_charged&<ok>");
    EXPECT_EQ(values.tenant, "k1");
    EXPECT_FALSE(values.parsed) << "it was asked for JSON, too";
}

TEST(Xml, Encodings) {
    EXPECT_EQ(xml_id("\xef\xbb\xbf<?xml version='1.0'?><a>x</a>", "xml:/a"), "x") << "BOM";
    EXPECT_EQ(xml_id("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "xml:/a"), "\xc3\xa9");
    for (const std::string& utf16 : {std::string("\xff\xfe<\0a\0>\0x\0<\0/\0a\0>\0", 18),
                                     std::string("\xfe\xff\0<\0a\0>\0x\0<\0/\0a\0>", 18)})
        EXPECT_EQ(xml_id(utf16, "xml:/a"), "x");
    EXPECT_EQ(xml_id("<?xml version='1.0' encoding='utf-16'?><a>\xc3\xa9</a>", "xml:/a"), "\xc3\xa9")
        << "what .NET says of UTF-8";
    EXPECT_TRUE(is_refused("<?xml version='1.0' encoding='utf-16'?><a>\xe9</a>"));
    EXPECT_EQ(xml_id("<?xml version='1.0' encoding='EUC-JP'?><a>x</a>", "xml:/a"), "")
        << "an unknown encoding";
    EXPECT_TRUE(is_refused("<a>\xff</a>"));
    EXPECT_TRUE(is_refused("<a>\xed\xa0\x80</a>")) << "a surrogate";
    EXPECT_TRUE(is_refused(std::string("<a>\0</a>", 8)));
    EXPECT_TRUE(is_refused("<a>&#0;</a>"));
}

TEST(Xml, BrokenDocumentsYieldNothing) {
    for (const char* broken : {"", " ", "{}", "<a>", "<a>x", "<a>x</b>", "<a>x</a><a/>", "<a>x</a>y",
                               "<a>x</a><", "<a b>x</a>", "<a b='1' b='2'>x</a>", "<a>&x;</a>",
                               "<a>x</a><!-- ", "x<a/>", "<a>]]></a>", "\n<?xml version='1.0'?><a>x</a>"})
        EXPECT_TRUE(is_refused(broken)) << broken;
    for (std::size_t end = 0; end + 1 < notification.size(); ++end)
        EXPECT_EQ(xml_id(notification.substr(0, end), "xml:/notification/kind"), "") << end;
}

TEST(Xml, DoctypesAreRefused) {
    std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
    for (int i = 1; i < 10; ++i)
        laughs += "<!ENTITY l" + std::to_string(i) + " \"" +
                  repeated("&l" + std::to_string(i - 1) + ";", 10) + "\">";
    EXPECT_TRUE(is_refused("<?xml version='1.0'?>" + laughs + "]><a>&l9;</a>"));
    EXPECT_TRUE(is_refused("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"));
    EXPECT_TRUE(is_refused("<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a>x</a>"));
    EXPECT_TRUE(is_refused("<!DOCTYPE a><a>x</a>"));
    EXPECT_TRUE(is_refused("<!DOCTYPE a [<!ATTLIST a id CDATA 'forged'>]><a>x</a>"));
    EXPECT_TRUE(is_refused("<!DOCTYPE a [" + repeated("<!ENTITY % p 'x'>", 1000)));
}

TEST(Xml, SizeAndDepthAreBounded) {
    std::vector<std::string> values;
    const auto nested = [](int depth) { return repeated("<a>", depth) + repeated("</a>", depth); };
    EXPECT_TRUE(is_xml(nested(base::max_xml_depth), &values));
    EXPECT_TRUE(is_refused(nested(base::max_xml_depth + 1)));
    EXPECT_TRUE(is_refused(repeated("<a>", 300000)));
    EXPECT_EQ(xml_id("<a>x</a>", "xml:/a", {}, 8), "x");
    EXPECT_EQ(xml_id("<a>x</a>", "xml:/a", {}, 7), "") << "larger than what is parsed";
}

// Megabytes of one thing: read or refused, and the memory for it is that of the body.
TEST(Xml, HugeParts) {
    const std::string much(1 << 20, 'x');
    EXPECT_EQ(xml_id("<a b='" + much + "'>y</a>", "xml:/a", {}, 1 << 22), "y");
    EXPECT_EQ(xml_id("<" + much + ">y</" + much + ">", "xml:/a", {}, 1 << 22), "");
    EXPECT_EQ(xml_id("<a>" + much + "</a>", "xml:/a", {}, 1 << 22).substr(0, 7), "sha256:");
    EXPECT_EQ(xml_id("<a>" + repeated("<b/>", 200000) + "y</a>", "xml:/a", {}, 1 << 22), "y");
    std::string attributes;
    for (int i = 0; i < 50000; ++i)
        attributes.append(" x").append(std::to_string(i)).append("='1'");
    EXPECT_EQ(xml_id("<a" + attributes + ">y</a>", "xml:/a", {}, 1 << 22), "y");
    EXPECT_TRUE(is_refused("<a" + attributes + " x0='2'>y</a>"));
    EXPECT_EQ(xml_id("<a>" + repeated("&amp;", 100) + "</a>", "xml:/a"), std::string(100, '&'));
}

TEST(Xml, PathsAreChecked) {
    std::string error;
    for (const char* text : {"xml:", "xml:a", "xml:/", "xml://a", "xml:/a/", "xml:/@a", "xml:/a/@b/c",
                             "xml:/n:a", "xml:/a[1]", "xml:/a/*", "xml:/a/text()", "xml"}) {
        EXPECT_FALSE(Extractor::make({{text}, {}, {}, {}}, &error)) << text;
        EXPECT_NE(error.find(std::string("\"") + text + "\""), std::string::npos) << error;
    }
}

}  // namespace
}  // namespace webhook::event
