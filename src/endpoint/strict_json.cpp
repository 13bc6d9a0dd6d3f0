#include "endpoint/strict_json.hpp"

#include <set>

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;

/// Notes keys that stand twice in one object.
class KeyCheck {
  public:
    explicit KeyCheck(std::vector<std::string>* problems) : problems_(problems) {}

    bool operator()(int, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::object_start) keys_.emplace_back();
        if (event == Json::parse_event_t::object_end) keys_.pop_back();
        if (event != Json::parse_event_t::key) return true;
        const auto& key = value.get_ref<const std::string&>();
        if (!keys_.back().insert(key).second)
            problems_->push_back("field \"" + key + "\" is given twice in one object");
        return true;
    }

  private:
    std::vector<std::set<std::string>> keys_;
    std::vector<std::string>* problems_;
};

/// What an exception of nlohmann-json says, without the "[json.exception...] " at its head.
std::string problem_of(const std::exception& error) {
    const std::string_view what = error.what();
    const std::size_t end = what.find("] ");
    return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

}  // namespace

std::optional<Json> parse_strict_json(std::string_view text, std::vector<std::string>* problems) {
    if (text.find('\0') != std::string_view::npos) {
        problems->emplace_back("there is a zero byte in it: is the file damaged?");
        return std::nullopt;
    }
    try {
        return Json::parse(text, KeyCheck(problems), true, true);
    } catch (const Json::exception& error) {
        problems->push_back(problem_of(error));
        return std::nullopt;
    }
}

}  // namespace webhook::endpoint
