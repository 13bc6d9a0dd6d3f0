#include "base/json_value.hpp"

#include <yajl/yajl_parse.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "base/yajl_handle.hpp"

namespace webhook::base {

namespace {

std::string_view as_view(const unsigned char* text, std::size_t size) {
    return {reinterpret_cast<const char*>(text), size};
}

/// Builds the tree; `open` holds the arrays and objects that are not closed yet.
class Builder {
  public:
    Builder(JsonValue* root, const JsonLimits& limits) : root_(root), limits_(limits) {}

    bool add(JsonValue::Kind kind, std::string_view text) {
        JsonValue* value = place();
        if (value == nullptr) return false;
        value->kind = kind;
        value->text = std::string(text);
        return true;
    }

    bool enter(JsonValue::Kind kind) {
        if (open_.size() == limits_.depth) return false;
        JsonValue* value = place();
        if (value == nullptr) return false;
        value->kind = kind;
        open_.push_back(value);
        return true;
    }

    bool leave() {
        open_.pop_back();
        return true;
    }

    bool key(std::string_view name) {
        auto& members = open_.back()->members;
        if (members.size() == limits_.members) return false;
        const auto same = [&](const auto& member) { return member.name == name; };
        if (!limits_.repeated && std::any_of(members.begin(), members.end(), same)) return false;
        members.push_back({std::string(name), {}});
        named_ = true;
        return true;
    }

    /// Drops the last name where no value followed, of a text that was cut.
    void drop_names() {
        if (named_) open_.back()->members.pop_back();
    }

  private:
    JsonValue* place() {
        if (++values_ > limits_.values) return nullptr;
        named_ = false;
        if (open_.empty()) return root_;
        JsonValue* parent = open_.back();
        if (parent->kind == JsonValue::Kind::object) return &parent->members.back().value;
        return &parent->items.emplace_back();
    }

    JsonValue* root_;
    const JsonLimits& limits_;
    std::vector<JsonValue*> open_;
    std::size_t values_ = 0;
    bool named_ = false;  ///< the last event was a name
};

template <class Step>
int step(void* context, Step&& next) {
    return guard_yajl([&] { return next(static_cast<Builder*>(context)) ? 1 : 0; });
}

int on_null(void* context) {
    return step(context, [](Builder* builder) { return builder->add(JsonValue::Kind::null, {}); });
}
int on_boolean(void* context, int value) {
    return step(context, [=](Builder* builder) {
        return builder->add(JsonValue::Kind::boolean, value != 0 ? "true" : "false");
    });
}
int on_number(void* context, const char* text, std::size_t size) {
    return step(context, [=](Builder* builder) {
        return builder->add(JsonValue::Kind::number, {text, size});
    });
}
int on_string(void* context, const unsigned char* text, std::size_t size) {
    return step(context,
                [=](Builder* builder) { return builder->add(JsonValue::Kind::string, as_view(text, size)); });
}
int on_object(void* context) {
    return step(context, [](Builder* builder) { return builder->enter(JsonValue::Kind::object); });
}
int on_key(void* context, const unsigned char* text, std::size_t size) {
    return step(context, [=](Builder* builder) { return builder->key(as_view(text, size)); });
}
int on_array(void* context) {
    return step(context, [](Builder* builder) { return builder->enter(JsonValue::Kind::array); });
}
int on_end(void* context) {
    return step(context, [](Builder* builder) { return builder->leave(); });
}

constexpr yajl_callbacks callbacks = {on_null,   on_boolean, nullptr, nullptr,  on_number, on_string,
                                      on_object, on_key,     on_end,  on_array, on_end};

}  // namespace

/// Without the beginning of a character at the end.
static std::string_view without_part_of_character(std::string_view text) {
    for (std::size_t back = 1; back <= 4 && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xc0) == 0x80) continue;
        const bool whole = utf8_length(text.substr(text.size() - back)) == back;
        return whole ? text : text.substr(0, text.size() - back);
    }
    return text;
}

JsonValue JsonValue::of(Kind kind, std::string text) {
    JsonValue value;
    value.kind = kind;
    value.text = std::move(text);
    return value;
}

const JsonValue* JsonValue::find(std::string_view name) const {
    const auto found = std::find_if(members.rbegin(), members.rend(),
                                    [&](const Member& member) { return member.name == name; });
    return found == members.rend() ? nullptr : &found->value;
}

const std::string* JsonValue::string(std::string_view name) const {
    const JsonValue* value = find(name);
    return value != nullptr && value->kind == Kind::string ? &value->text : nullptr;
}

bool parse_json(std::string_view text, JsonValue* value, const JsonLimits& limits) {
    *value = {};
    take_prefix(&text, "\xef\xbb\xbf");
    if (limits.cut) text = without_part_of_character(text);
    if (text.empty() || !valid_utf8(text) || !SurrogateScan().feed(text)) return false;
    Builder builder(value, limits);
    const YajlHandle parser(yajl_alloc(&callbacks, nullptr, &builder));
    if (parser == nullptr) return false;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (yajl_parse(parser.get(), bytes, text.size()) != yajl_status_ok) return false;
    if (!limits.cut) return yajl_complete_parse(parser.get()) == yajl_status_ok;
    builder.drop_names();
    return true;
}

}  // namespace webhook::base
