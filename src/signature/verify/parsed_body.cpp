#include "signature/verify/parsed_body.hpp"

#include <algorithm>
#include <utility>

#include "base/multipart.hpp"
#include "base/urlencoded.hpp"
#include "event/values.hpp"

namespace webhook::signature {

using Kind = event::Source::Kind;

namespace {

const char* describe(base::JsonProblem problem) {
    switch (problem) {
        case base::JsonProblem::none:
            return nullptr;
        case base::JsonProblem::syntax:
            return "the body is not JSON";
        case base::JsonProblem::repeated:
            return "a JSON key that the signature depends on is there twice";
        case base::JsonProblem::shape:
            return "a signed JSON value is an object or array";
        case base::JsonProblem::elements:
            return "too many items";
    }
    return "the body is not JSON";
}

}  // namespace

bool lies_in(const base::BodyView& body, std::string_view text) {
    return std::any_of(body.begin(), body.end(), [text](std::string_view chunk) {
        return text.data() >= chunk.data() && text.data() + text.size() <= chunk.data() + chunk.size();
    });
}

std::string_view ParsedBody::keep(std::string_view text) {
    return text.data() == nullptr || lies_in(body_, text) ? text : kept_.emplace_front(text);
}

ParsedBody::Value& ParsedBody::value_at(std::size_t entry, std::size_t element) {
    return values_[element * plan_.entries().size() + entry];
}

const char* ParsedBody::load(const base::BodyView& body, std::string_view boundary) {
    body_ = body;
    boundary_ = boundary;
    values_.resize(plan_.entries().size());
    const char* problem = plan_.reads_json() ? load_json() : nullptr;
    if (problem == nullptr && plan_.reads_form()) problem = load_form();
    return problem != nullptr ? problem : load_inner();
}

const char* ParsedBody::load_json() {
    return describe(base::scan_all_json(plan_.pointers(), body_, this));
}

void ParsedBody::next_element() {
    if (elements_++ > 0) values_.resize(values_.size() + plan_.entries().size());
}

std::uint64_t ParsedBody::found(int pointer, std::string_view value) {
    for (std::size_t i = 0; i < plan_.entries().size(); ++i) {
        const BodyPlan::Entry& entry = plan_.entries()[i];
        if (entry.pointer != pointer) continue;
        Value& place = value_at(i, entry.of_element && elements_ > 0 ? elements_ - 1 : 0);
        place.text = keep(value);
        place.present = true;
    }
    return 0;
}

const char* ParsedBody::load_form() {
    std::string joined;
    std::string_view form = event::whole_body(body_, &joined);
    if (body_.count > 1) form = kept_.emplace_front(std::move(joined));
    for (std::size_t i = 0; i < plan_.entries().size(); ++i) {
        if (plan_.entries()[i].kind == Kind::json) continue;
        if (const char* problem = set_field(i, form); problem != nullptr) return problem;
    }
    return nullptr;
}

const char* ParsedBody::set_field(std::size_t entry, std::string_view form) {
    Value& place = value_at(entry, 0);
    if (plan_.entries()[entry].kind == Kind::form_fields) {
        place.text = form;
        place.present = true;
        return boundary_.empty() ? nullptr : "the body is not a form that can be signed";
    }
    const std::string& name = plan_.entries()[entry].name;
    std::size_t count = 0;
    if (!boundary_.empty()) {
        if (!base::find_part(form, boundary_, name, &place.text, &count)) return "the body is not a form";
    } else {
        const base::Param found = base::find_param(form, name);
        place.text = found.raw;
        count = found.count;
        if (base::is_encoded(found.raw)) {
            std::string& decoded = kept_.emplace_front();
            base::decode(found.raw, &decoded);
            place.text = decoded;
        }
    }
    place.present = count > 0;
    return count > 1 ? "a form field that the signature depends on is there twice" : nullptr;
}

/// The documents within: their problems are ours.
const char* ParsedBody::load_inner() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const BodyPlan::Entry& entry = plan_.entries()[i % plan_.entries().size()];
        Value& value = values_[i];
        if (entry.then == nullptr || !value.present) continue;
        value.inner = std::make_unique<ParsedBody>(*entry.then);
        const char* problem = value.inner->load({&value.text, 1, value.text.size()});
        if (problem != nullptr) return problem;
    }
    return nullptr;
}

bool ParsedBody::read(const event::Source& source, std::size_t element, std::string_view* value) const {
    *value = {};
    const BodyPlan::Entry* entry = plan_.find(source);
    if (entry == nullptr) return false;
    const std::size_t row = entry->of_element ? element : 0;
    const std::size_t at = row * plan_.entries().size() + plan_.index_of(*entry);
    if (at >= values_.size() || !values_[at].present) return false;
    if (source.then != nullptr) return values_[at].inner->read(*source.then, 0, value);
    *value = values_[at].text;
    if (value->data() == nullptr) *value = "";
    return true;
}

}  // namespace webhook::signature
