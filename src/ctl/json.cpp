#include "ctl/json.hpp"

namespace webhook::ctl {

Json parse_json(std::string_view text) {
    return Json::parse(text, nullptr, false);
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
    return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

std::string to_text(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_indented_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace webhook::ctl
