#include "ctl/json.hpp"

#include <cmath>

#include "base/visible.hpp"
#include "endpoint/strict_json.hpp"

namespace webhook::ctl {

Json parse_json(std::string_view text) {
    return endpoint::parse_bounded_json<Json>(text);
}

Json parse_object(std::string_view text) {
    Json json = parse_json(text);
    return json.is_object() ? json : Json::object();
}

std::string text_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return 0;
    constexpr double beyond = 9e18;
    const bool fits = found->is_number_integer() || std::abs(found->get<double>()) < beyond;
    return fits ? found->get<std::int64_t>() : 0;
}

std::string to_text(const Json& json) {
    return base::visible_json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string to_indented_text(const Json& json) {
    return base::visible_json(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace webhook::ctl
