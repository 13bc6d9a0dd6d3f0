#include "worker/send/macros.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "endpoint/strict_json.hpp"
#include "event/source.hpp"

namespace webhook::worker {
namespace {

using endpoint::UrlPart;

class Collect final : public base::JsonSink {
  public:
    Collect(std::vector<std::string>* values, std::uint64_t wanted) : values_(values), wanted_(wanted) {}
    std::uint64_t found(int pointer, std::string_view value) override {
        (*values_)[static_cast<std::size_t>(pointer)] = value;
        return wanted_ &= ~(std::uint64_t{1} << pointer);
    }

  private:
    std::vector<std::string>* values_;
    std::uint64_t wanted_;
};

std::string query_value(const Event& event, std::string_view name) {
    std::string value;
    base::decode(base::find_param(event.field("query"), name).raw, &value);
    return value;
}

std::string plain_value(const Event& event, const UrlPart& part) {
    switch (part.kind) {
        case UrlPart::Kind::attribute:
            return part.text == "stream" ? event.stream : std::string(event.field(part.text));
        case UrlPart::Kind::query:
            return query_value(event, part.text);
        case UrlPart::Kind::header:
            return kept_header(event, part.text);
        case UrlPart::Kind::literal:
        case UrlPart::Kind::pointer:
            break;
    }
    return {};
}

}  // namespace

TargetTemplate::TargetTemplate(std::vector<UrlPart> parts) : parts_(std::move(parts)) {
    for (const UrlPart& part : parts_) {
        std::vector<std::string> tokens;
        const bool pointer = part.kind == UrlPart::Kind::pointer && event::parse_pointer(part.text, &tokens);
        pointer_index_.push_back(pointer ? pointers_.add(tokens) : -1);
    }
}

std::vector<std::string> TargetTemplate::pointer_values(const Event& event) const {
    const std::size_t count = pointers_.size();
    std::vector<std::string> values(count);
    const std::string_view data = event.data();
    if (count == 0 || data.size() > max_parsed) return values;
    const std::uint64_t wanted = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    Collect collect(&values, wanted);
    if (!base::scan_json(pointers_, {&data, 1, data.size()}, wanted, &collect)) values.assign(count, {});
    return values;
}

void TargetTemplate::append(const Event& event, std::string* out) const {
    const std::vector<std::string> values = pointer_values(event);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        if (parts_[i].kind == UrlPart::Kind::literal) {
            out->append(parts_[i].text);
        } else if (pointer_index_[i] >= 0) {
            base::encode(values[static_cast<std::size_t>(pointer_index_[i])], out);
        } else {
            base::encode(plain_value(event, parts_[i]), out);
        }
    }
}

std::string kept_header(const Event& event, std::string_view lower_case_name) {
    const std::string_view headers = event.field("headers");
    if (headers.empty()) return {};
    const auto json = endpoint::parse_bounded_json<nlohmann::json>(headers);
    if (!json.is_object()) return {};
    for (const auto& [name, values] : json.items()) {
        if (!base::equal_names(name, lower_case_name) || !values.is_array() || values.empty()) continue;
        if (values[0].is_string()) return values[0].get<std::string>();
    }
    return {};
}

}  // namespace webhook::worker
