#include "endpoint/strict_json.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;

/// Returns the end of the string or comment that begins at `at`; `at` itself where neither does.
std::size_t end_of_opaque(std::string_view text, std::size_t at) {
    if (text[at] == '"') {
        for (++at; at < text.size() && text[at] != '"'; ++at)
            at += text[at] == '\\' ? 1 : 0;
        return std::min(at, text.size() - 1) + 1;
    }
    const std::string_view mark = text.substr(at, 2);
    if (mark == "//") return std::min(text.find_first_of("\r\n", at), text.size());
    if (mark != "/*") return at;
    const std::size_t end = text.find("*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
}

/// Returns where the text is nested too deep; npos: nowhere. Looks at the text, for a tree that is too deep
/// cannot safely be made.
std::size_t find_too_deep(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of_opaque(text, at);
        if (end != at) {
            at = end;
            continue;
        }
        const char c = text[at];
        if ((c == '[' || c == '{') && ++depth > max_json_depth) return at;
        if ((c == ']' || c == '}') && depth > 0) --depth;
        ++at;
    }
    return std::string_view::npos;
}

/// Returns the offset of the end of blanks and comments from `at` on.
std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') {
            ++at;
        } else if (text[at] == '/') {
            const std::size_t end = end_of_opaque(text, at);
            if (end == at) break;
            at = end;
        } else {
            break;
        }
    }
    return at;
}

/// Returns where the name of the n-th member stands (from 1 on): a string before a colon.
std::size_t offset_of_key(std::string_view text, std::size_t number) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of_opaque(text, at);
        if (end == at) {
            ++at;
            continue;
        }
        const std::size_t next = text[at] == '"' ? skip_blanks(text, end) : text.size();
        if (next < text.size() && text[next] == ':' && --number == 0) return at;
        at = end;
    }
    return text.size();
}

/// "line 3, column 14: " of the byte at `offset`.
std::string place_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const auto column =
        1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(start), before.end(),
                          [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": ";
}

/// Notes keys that stand twice in one object, and follows the parser to know what must come next.
class Watch {
  public:
    Watch(std::string_view text, std::vector<std::string>* problems) : text_(text), problems_(problems) {}

    bool operator()(int, Json::parse_event_t event, Json& value) {
        using Event = Json::parse_event_t;
        if (event == Event::object_start || event == Event::array_start) {
            open_.push_back({event == Event::object_start, {}});
            place_ = Place::opened;
            return true;
        }
        if (event == Event::key) {
            take_key(value.get_ref<const std::string&>());
            return true;
        }
        if (event == Event::object_end || event == Event::array_end) open_.pop_back();
        place_ = open_.empty() ? Place::ended : Place::after_value;
        return true;
    }

    const char* expected() const {
        const bool object = !open_.empty() && open_.back().is_object;
        switch (place_) {
            case Place::begin:
                return "a value such as {...} or [...]";
            case Place::opened:
                return object ? R"(a name in quotes or "}")" : R"(a value or "]")";
            case Place::after_key:
                return R"(":" and a value)";
            case Place::after_value:
                return object ? R"("," and a name in quotes, or "}")" : R"("," and a value, or "]")";
            case Place::ended:
                break;
        }
        return "nothing more, for the value ends before";
    }

  private:
    enum class Place { begin, opened, after_key, after_value, ended };
    struct Open {
        bool is_object;
        std::set<std::string> keys;
    };

    void take_key(const std::string& key) {
        place_ = Place::after_key;
        ++keys_;
        if (!open_.back().keys.insert(key).second)
            problems_->push_back(place_of(text_, offset_of_key(text_, keys_)) + "field " +
                                 base::in_quotes(key) + " is given twice in one object");
    }

    std::string_view text_;
    std::size_t keys_ = 0;  ///< members so far
    std::vector<Open> open_;
    Place place_ = Place::begin;
    std::vector<std::string>* problems_;
};

/// Says in words of ours which token is broken; nullptr: the token is whole, but does not belong there.
/// nlohmann's own message quotes the text, so only the words before the first quotation are looked at.
const char* broken_token(std::string_view message) {
    const std::size_t dash = message.find(" - ");
    const std::string_view said =
        dash == std::string_view::npos ? std::string_view() : message.substr(dash + 3);
    if (said.starts_with("invalid string"))
        return R"(a string must end with a quote on its line, in UTF-8, with \ and control characters as escapes)";
    if (said.starts_with("invalid number")) return "a number is broken off";
    if (said.starts_with("invalid comment")) return "a comment is // to the end of the line, or /* to */";
    return nullptr;
}

std::string problem_of(std::string_view text, const Json::parse_error& error, const Watch& watch) {
    const std::size_t offset = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    if (const char* broken = broken_token(error.what())) return place_of(text, offset) + broken;
    return place_of(text, offset) + "expected " + watch.expected() +
           (offset == text.size() ? ", but the text ends here" : "");
}

}  // namespace

std::optional<Json> parse_strict_json(std::string_view text, std::vector<std::string>* problems) {
    if (text.find('\0') != std::string_view::npos) {
        problems->emplace_back("there is a zero byte in it: is the file damaged?");
        return std::nullopt;
    }
    if (const std::size_t at = find_too_deep(text); at != std::string_view::npos) {
        problems->push_back(place_of(text, at) + "more than " + std::to_string(max_json_depth) +
                            " arrays and objects inside each other");
        return std::nullopt;
    }
    Watch watch(text, problems);
    try {
        return Json::parse(text, std::ref(watch), true, true);
    } catch (const Json::parse_error& error) {
        problems->push_back(problem_of(text, error, watch));
    } catch (const Json::exception&) {
        problems->emplace_back("a number in it is too large");
    }
    return std::nullopt;
}

template <class Json>
Json parse_bounded_json(std::string_view text) {
    if (find_too_deep(text) != std::string_view::npos) return Json(Json::value_t::discarded);
    return Json::parse(text, nullptr, false);
}

template nlohmann::json parse_bounded_json<nlohmann::json>(std::string_view);
template nlohmann::ordered_json parse_bounded_json<nlohmann::ordered_json>(std::string_view);

}  // namespace webhook::endpoint
