// Body, query and template parsers of src/event.

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json_cut.hpp"
#include "base/json_scan.hpp"
#include "base/json_text.hpp"
#include "base/multipart.hpp"
#include "base/urlencoded.hpp"
#include "base/utf8.hpp"
#include "base/xml.hpp"
#include "event/extractor.hpp"
#include "event/source.hpp"
#include "event/template.hpp"
#include "t/fuzz/target.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::fuzz {

namespace {

/// Collects what a pass reports.
class Collector final : public base::JsonSink {
  public:
    std::uint64_t found(int pointer, std::string_view value) override {
        values[static_cast<std::size_t>(pointer)].assign(value);
        wanted &= ~(std::uint64_t{1} << pointer);
        return wanted;
    }
    std::vector<std::string> values = std::vector<std::string>(4);
    std::uint64_t wanted = 0xf;
};

base::PointerSet some_pointers() {
    base::PointerSet set;
    for (const char* text : {"/id", "/data/object/type", "/items/0/id", "/a~1b"}) {
        std::vector<std::string> tokens;
        REQUIRE(event::parse_pointer(text, &tokens));
        set.add(tokens);
    }
    return set;
}

bool scan(const std::vector<std::string_view>& chunks, std::size_t size, Collector* collector) {
    static const base::PointerSet pointers = some_pointers();
    return base::scan_json(pointers, {chunks.data(), chunks.size(), size}, 0xf, collector);
}

// However the body is cut into buffers, the same is found.
void json(std::string_view input) {
    Collector whole, cut;
    const bool read = scan({input}, input.size(), &whole);
    const std::size_t at = input.size() / 3;
    const bool read_cut =
        scan({input.substr(0, at), input.substr(at, 1), input.substr(std::min(at + 1, input.size()))},
             input.size(), &cut);
    REQUIRE(read == read_cut);
    if (read) REQUIRE(whole.values == cut.values);
    Collector all;
    static const base::PointerSet pointers = some_pointers();
    const auto problem = base::scan_all_json(pointers, {&input, 1, input.size()}, &all);
    if (problem == base::JsonProblem::none) REQUIRE(read);
    std::string quoted;
    base::append_json(input, &quoted);
}

std::vector<std::string> json_seeds() {
    return {R"({"id":"evt_1","data":{"object":{"type":"charge"}},"items":[{"id":7}],"a/b":true})",
            R"(["\ud83d\ude00\u0000\\",1.5e-7,null,{"id":"a","id":"b"}])",
            "{\"id\":\"\\ud800\"}",
            std::string(300, '['),
            "{\"id\":\"\xff\xfe\"}",
            ""};
}

// Encoding is undone by decoding, and every pair of a query is a part of it.
void urlencoded(std::string_view input) {
    std::string encoded, decoded;
    base::encode(input, &encoded);
    REQUIRE(!base::is_encoded(encoded) || encoded.find('%') != std::string::npos);
    base::decode(encoded, &decoded);
    REQUIRE(decoded == input);
    std::string_view rest = input, pair;
    std::size_t pairs = 0;
    while (base::next_pair(&rest, &pair)) {
        REQUIRE(!pair.empty() && pair.data() >= input.data() &&
                pair.data() + pair.size() <= input.data() + input.size());
        std::string name;
        base::decode(base::pair_name(pair), &name);
        REQUIRE(base::name_is(base::pair_name(pair), name));
        REQUIRE(base::find_param(input, name).count >= 1);
        if (++pairs == 16) break;
    }
    (void)base::valid_utf8(input);
}

std::vector<std::string> urlencoded_seeds() {
    return {"a=1&b=%20+x&&c&%zz=%4&a=2", "%00=%ff&\xc3\xa9=\xc3"};
}

// Line 1: a content type; line 2: a name; then the body. What is found lies in the body and holds no
// delimiter.
void multipart(std::string_view input) {
    const std::string_view boundary = base::multipart_boundary(take_line(&input));
    const std::string_view name = take_line(&input);
    std::string_view value;
    std::size_t count = 0;
    if (!base::find_part(input, boundary, name, &value, &count) || count == 0) return;
    REQUIRE(!boundary.empty() && boundary.size() <= 70);
    REQUIRE(value.data() >= input.data() && value.data() + value.size() <= input.data() + input.size());
    REQUIRE(value.find("\r\n--" + std::string(boundary)) == std::string_view::npos);
}

std::vector<std::string> multipart_seeds() {
    return {
        "multipart/form-data; boundary=xyz\njson\n--xyz\r\nContent-Disposition: form-data; "
        "name=\"json\"\r\n\r\n"
        "{}\r\n--xyz\r\nContent-Disposition: form-data; name=a; filename=\"b;c\"\r\nX: "
        "y\r\n\r\n\r\n--xyz--\r\n",
        "Multipart/Form-Data;charset=utf-8; BOUNDARY=\"x y\"\na\n--x y "
        "\r\ncontent-disposition:form-data;name=a"
        "\r\n\r\n1\r\n--x y--",
        "multipart/form-data ; boundary = x\na\"b\npreamble\r\n--x\r\n\r\nunnamed\r\n--x "
        "\t\r\nContent-Disposition : "
        "form-data ;\r\n filename=\"\\\\\"; name*=utf-8''c; NAME = \"a\\\"b\"\r\n\r\n1\r\n--x--  "
        "\r\nepilogue\r\n--x",
        "multipart/form-data\n\n--"};
}

// However the body is cut into buffers, the same is found, and it lies within the limits.
void xml(std::string_view input) {
    static const std::vector<base::XmlPath> paths = {
        {"a"}, {"a", "b", "c"}, {"a", "b", "@id"}, {"notification", "kind"}};
    std::vector<std::string> whole, cut;
    const std::size_t at = input.size() / 3;
    const std::vector<std::string_view> chunks = {input.substr(0, at), input.substr(at, 1),
                                                  input.substr(std::min(at + 1, input.size()))};
    const bool read = base::find_in_xml({&input, 1, input.size()}, paths, &whole);
    REQUIRE(read == base::find_in_xml({chunks.data(), chunks.size(), input.size()}, paths, &cut));
    REQUIRE(whole == cut && whole.size() == paths.size());
    for (const std::string& value : whole) {
        REQUIRE(read || value.empty());
        REQUIRE(base::valid_utf8(value));
        REQUIRE(value.size() <= 3 * input.size());  // a Latin-1 or UTF-16 letter
    }
    std::string decoded;
    (void)base::decode_lax_base64(input, &decoded);
    REQUIRE(decoded.size() <= input.size());
}

std::vector<std::string> xml_seeds() {
    std::string deep;
    for (int i = 0; i < 70; ++i)
        deep += "<a>";
    return {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<n:notification xmlns:n='u'><kind> "
        "x&amp;<![CDATA[y]]></kind></n:notification>",
        "<a t='1'><b id=\"7\"><c>&#x20ac;</c></b><!-- c --><?p i?></a>",
        "<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;\">]><a>&m;</a>",
        std::string("\xff\xfe<\0a\0>\0x\0<\0/\0a\0>\0", 18),
        "\xef\xbb\xbf<a>\xc3\xa9</a>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>",
        deep,
        "PGE+eDwvYT4="};
}

// Line 1: a template or source; line 2: query; then the body. Whatever is parsed can be evaluated.
void templates(std::string_view input) {
    const std::string text(take_line(&input));
    const std::string query(take_line(&input));
    event::Template ignored;
    event::Source source;
    std::string error;
    for (const auto set : {event::SourceSet::event, event::SourceSet::directive, event::SourceSet::scheme}) {
        if (!event::parse_template(text, set, &ignored, &error)) REQUIRE(!error.empty());
        if (!event::parse_source(text, set, &source, &error)) REQUIRE(!error.empty());
    }
    event::Extractor::Fields fields;
    fields.id = {text};
    fields.type = {"json:/type", text};
    const auto extractor = event::Extractor::make(fields, &error, event::SourceSet::directive);
    if (extractor == nullptr) return;
    test::PlainRequest request;
    request.set_url("https://example.com/in?" + query);
    request.set_header("content-type", "application/x-www-form-urlencoded");
    request.set_body(std::string(input), {input.size() / 2});
    event::Extractor::Values values;
    extractor->extract(request, 1 << 16, &values);
    base::HashState content(base::Hash::sha256);
    base::update_without({{"a", "b"}, {"*", "id"}, {"0"}}, request.body, &content);
    REQUIRE(content.finish().size == 32);
}

std::vector<std::string> template_seeds() {
    return {"{query:cid}:{query:txid}\ncid=1&txid=a%20b\n",
            "form:payload>json:/event/id\n\npayload=%7B%22event%22%3A%7B%22id%22%3A1%7D%7D",
            "json:/0/eventId\n\n[{\"eventId\":100}]",
            "v0:{ts}:{body}[id:{query:id|lower};]{form|sorted}{url|without:hash}\n\n",
            "{body|crc32}{header:x-y|before:;}\n\nx",
            "{path:1}$click[;${a}{claim:x}]\n\n",
            "form:p>base64>xml:/a/@b\n\np=PGEgYj0neCcvPg%3D%3D"};
}

}  // namespace

std::vector<Target> event_targets() {
    return {{"json", json, json_seeds},
            {"urlencoded", urlencoded, urlencoded_seeds},
            {"multipart", multipart, multipart_seeds},
            {"xml", xml, xml_seeds},
            {"templates", templates, template_seeds}};
}

}  // namespace webhook::fuzz
