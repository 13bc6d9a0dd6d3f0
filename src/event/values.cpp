#include "event/values.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/json_scan.hpp"
#include "base/multipart.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "base/xml.hpp"
#include "event/path.hpp"

namespace webhook::event {

namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

std::string_view decoded(std::string_view raw, std::string* scratch) {
    if (!base::is_encoded(raw)) return raw;
    scratch->clear();
    base::decode(raw, scratch);
    return *scratch;
}

/// The first of parts that are there twice counts, as elsewhere.
std::string_view part_value(const base::BodyView& body, std::string_view boundary, std::string_view name,
                            std::string* scratch) {
    std::string joined;
    std::string_view value;
    std::size_t count = 0;
    if (!base::find_part(whole_body(body, &joined), boundary, name, &value, &count)) return {};
    if (body.count <= 1) return value;
    *scratch = std::string(value);
    return *scratch;
}

std::string_view form_value(const Request& request, const Source& source, std::size_t limit,
                            std::string* scratch) {
    if (request.body.size > limit) return {};
    const std::string_view boundary = base::multipart_boundary(request.header("content-type").value);
    if (!boundary.empty()) return part_value(request.body, boundary, source.name, scratch);
    if (!may_be_form(request)) return {};
    if (request.body.count <= 1) {
        const std::string_view body = whole_body(request.body, scratch);
        return decoded(base::find_param(body, source.name).raw, scratch);
    }
    std::string joined;
    const std::string_view body = whole_body(request.body, &joined);
    scratch->clear();
    base::decode(base::find_param(body, source.name).raw, scratch);
    return *scratch;
}

class OneValue : public base::JsonSink {
  public:
    std::uint64_t found(int /*pointer*/, std::string_view text) override {
        value.assign(text);
        return 0;
    }
    std::string value;
};

std::string json_value(const Source& source, std::string_view text) {
    base::PointerSet pointers;
    pointers.add(source.pointer);
    OneValue sink;
    const base::BodyView body{&text, 1, text.size()};
    if (!base::scan_json(pointers, body, 1, &sink)) sink.value.clear();
    return std::move(sink.value);
}

std::string xml_value(const Source& source, std::string_view text) {
    std::vector<std::string> values;
    base::find_in_xml({&text, 1, text.size()}, {source.pointer}, &values);
    return std::move(values.front());
}

std::string_view first_value(const Request& request, const Source& source, std::size_t limit,
                             std::string* scratch) {
    switch (source.kind) {
        case Source::Kind::header:
            return request.header(source.name).value;
        case Source::Kind::query:
            return decoded(base::find_param(request.query, source.name).raw, scratch);
        case Source::Kind::form:
            return form_value(request, source, limit, scratch);
        case Source::Kind::body_sha256:
            return *scratch = base::to_hex(base::digest_of(base::Hash::sha256, request.body).view());
        case Source::Kind::method:
            return request.method;
        case Source::Kind::query_string:
            return request.query;
        case Source::Kind::path:
            return request.path;
        case Source::Kind::path_segment:
            return path_segment(request.path, source.index, scratch);
        case Source::Kind::claim:
            return *scratch = json_value(source, request.claims);
        case Source::Kind::variable:
            return request.variable(source.index);
        default:
            return {};
    }
}

/// One step of a chain.
std::string next_value(const Source& step, std::string_view text) {
    std::string next;
    switch (step.kind) {
        case Source::Kind::json:
            return json_value(step, text);
        case Source::Kind::xml:
            return xml_value(step, text);
        case Source::Kind::base64:
            if (!base::decode_lax_base64(text, &next)) next.clear();
            return next;
        default:
            base::decode(base::find_param(text, step.name).raw, &next);
            return next;
    }
}

}  // namespace

std::string_view whole_body(const base::BodyView& body, std::string* scratch) {
    if (body.count == 0) return {};
    if (body.count == 1) return *body.chunk;
    scratch->clear();
    scratch->reserve(body.size);
    for (const std::string_view chunk : body)
        scratch->append(chunk);
    return *scratch;
}

bool may_be_form(const Request& request) {
    const Request::Header type = request.header("content-type");
    if (type.count == 0) return true;
    return base::equal_names(type.value.substr(0, form_type.size()), form_type);
}

std::string_view chained_value(const Source& source, std::string_view text, std::string* scratch) {
    std::string current(text);
    for (const Source* step = source.then.get(); step != nullptr && !current.empty(); step = step->then.get())
        current = next_value(*step, current);
    *scratch = std::move(current);
    return *scratch;
}

std::string_view plain_value(const Request& request, const Source& source, std::size_t limit,
                             std::string* scratch) {
    const std::string_view value = first_value(request, source, limit, scratch);
    if (source.then == nullptr || value.empty() || value.size() > limit) {
        return source.then == nullptr ? value : std::string_view();
    }
    return chained_value(source, value, scratch);
}

}  // namespace webhook::event
