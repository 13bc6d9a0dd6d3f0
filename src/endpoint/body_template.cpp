#include "endpoint/body_template.hpp"

#include <nlohmann/json.hpp>

#include "base/urlencoded.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;
using Result = Renderer::Result;

constexpr std::size_t max_levels = 32, max_operators = TextTemplate::max_operators;

std::string url_encode(std::string_view text) {
    std::string out;
    base::encode(text, &out);
    return out;
}

}  // namespace

class JsonTemplateParser {
  public:
    explicit JsonTemplateParser(std::vector<PlacedError>* errors) : errors_(errors) {}

    std::optional<JsonTemplate> value(const Json& json, const std::string& where, std::size_t level) {
        auto result = any(json, where, level);
        if (result) result->where_ = where;
        return result;
    }

  private:
    std::optional<JsonTemplate> any(const Json& json, const std::string& where, std::size_t level) {
        if (level > max_levels) return fail(where, "is nested more than 32 levels deep");
        if (json.is_string()) return text(json.get_ref<const std::string&>(), where);
        if (json.is_array()) return list(json, where, level);
        if (json.is_object())
            return json.contains("$each") ? each(json, where, level) : object(json, where, level);
        JsonTemplate result;
        result.fixed_ = json.dump();
        return result;
    }

    std::nullopt_t fail(const std::string& where, std::string what) {
        errors_->push_back({where, std::move(what)});
        return std::nullopt;
    }

    bool count(std::size_t operators, const std::string& where) {
        operators_ += operators;
        if (operators_ <= max_operators) return true;
        fail(where, "is more than the 256 values and filters that a template may have");
        return false;
    }

    std::optional<JsonTemplate> text(const std::string& written, const std::string& where) {
        std::string error;
        auto parsed = TextTemplate::parse(written, &error);
        if (!parsed) return fail(where, error);
        if (!count(parsed->operators(), where)) return {};
        JsonTemplate result;
        if (parsed->is_fixed()) {
            append_string(parsed->literal(), &result.fixed_);
            return result;
        }
        result.kind_ = JsonTemplate::Kind::text;
        result.text_ = std::move(*parsed);
        return result;
    }

    std::optional<JsonTemplate> list(const Json& json, const std::string& where, std::size_t level) {
        JsonTemplate result;
        result.kind_ = JsonTemplate::Kind::list;
        for (std::size_t i = 0; i < json.size(); ++i) {
            auto item = value(json[i], where + "[" + std::to_string(i) + "]", level + 1);
            if (!item) return {};
            result.items_.push_back(std::move(*item));
        }
        return result;
    }

    std::optional<JsonTemplate> object(const Json& json, const std::string& where, std::size_t level) {
        JsonTemplate result;
        result.kind_ = JsonTemplate::Kind::object;
        for (const auto& [name, member] : json.items()) {
            auto parsed = value(member, where + "." + name, level + 1);
            if (!parsed) return {};
            result.members_.emplace_back(name, std::move(*parsed));
        }
        return result;
    }

    std::optional<JsonTemplate> each(const Json& json, const std::string& where, std::size_t level) {
        if (json.size() != 2 || !json.contains("$as"))
            return fail(where, "must be {\"$each\": VALUE, \"$as\": ...}");
        if (!json["$each"].is_string()) return fail(where + ".$each", "must be a text, as \"/lines\"");
        std::string error;
        auto expression = Expression::parse(json["$each"].get_ref<const std::string&>(), &error);
        if (!expression) return fail(where + ".$each", error);
        if (!count(expression->operators(), where)) return {};
        auto item = value(json["$as"], where + ".$as", level + 1);
        if (!item) return {};
        JsonTemplate result;
        result.kind_ = JsonTemplate::Kind::each;
        result.each_ = std::move(expression);
        result.items_.push_back(std::move(*item));
        return result;
    }

    std::vector<PlacedError>* errors_;
    std::size_t operators_ = 0;
};

std::optional<JsonTemplate> JsonTemplate::parse(const Json& json, const std::string& where,
                                                std::vector<PlacedError>* errors) {
    return JsonTemplateParser(errors).value(json, where, 1);
}

Result JsonTemplate::render(Renderer* renderer, std::string* out) const {
    std::size_t elements = 0;
    return render(renderer, &elements, out);
}

Result JsonTemplate::render(Renderer* renderer, std::size_t* elements, std::string* out) const {
    if (out->size() > Renderer::max_size) return renderer->fail(where_, "the body is more than 1 MiB");
    switch (kind_) {
        case Kind::fixed:
            out->append(fixed_);
            return Result::done;
        case Kind::text:
            return render_text(renderer, out);
        case Kind::list:
            return render_list(renderer, elements, out);
        case Kind::object:
            return render_object(renderer, elements, out);
        case Kind::each:
            return render_each(renderer, elements, out);
    }
    return Result::failed;
}

Result JsonTemplate::render_text(Renderer* renderer, std::string* out) const {
    if (const Expression* single = text_.single()) {
        Filtered value;
        const Result result = renderer->evaluate(*single, where_, &value);
        if (result != Result::done) return result;
        if (value.bytes)
            append_string(*text_of(value), out);
        else
            append_value(*value.value, out);
        return result;
    }
    std::string text;
    const Result result = renderer->render(text_, where_, nullptr, &text);
    if (result == Result::done) append_string(text, out);
    return result;
}

/// Appends an element or a member, after a comma unless it is the `first`; what may be missing and is leaves
/// nothing. Returns false if it failed.
bool JsonTemplate::append_part(Renderer* renderer, const std::string* name, bool* first,
                               std::size_t* elements, std::string* out) const {
    const std::size_t before = out->size();
    if (!*first) out->push_back(',');
    if (name != nullptr) {
        append_string(*name, out);
        out->push_back(':');
    }
    const Result result = render(renderer, elements, out);
    if (result == Result::left_out) {
        out->resize(before);
    } else {
        *first = false;
    }
    return result != Result::failed;
}

Result JsonTemplate::render_list(Renderer* renderer, std::size_t* elements, std::string* out) const {
    out->push_back('[');
    bool first = true;
    for (const JsonTemplate& item : items_) {
        if (!item.append_part(renderer, nullptr, &first, elements, out)) return Result::failed;
    }
    out->push_back(']');
    return Result::done;
}

Result JsonTemplate::render_object(Renderer* renderer, std::size_t* elements, std::string* out) const {
    out->push_back('{');
    bool first = true;
    for (const auto& [name, member] : members_) {
        if (!member.append_part(renderer, &name, &first, elements, out)) return Result::failed;
    }
    out->push_back('}');
    return Result::done;
}

Result JsonTemplate::render_each(Renderer* renderer, std::size_t* elements, std::string* out) const {
    Filtered list;
    const Result found = renderer->evaluate(*each_, where_, &list);
    if (found != Result::done) return found;
    if (list.value->kind != base::JsonValue::Kind::array)
        return renderer->fail(where_, "{" + each_->text + "} is no list");
    out->push_back('[');
    bool first = true;
    for (std::size_t i = 0; i < list.value->items.size(); ++i) {
        if (++*elements > max_elements) return renderer->fail(where_, "makes more than 10000 elements");
        renderer->enter(&list.value->items[i], i);
        const bool good = items_[0].append_part(renderer, nullptr, &first, elements, out);
        renderer->leave();
        if (!good) return Result::failed;
    }
    out->push_back(']');
    return Result::done;
}

void JsonTemplate::collect_secrets(SecretNames* names) const {
    text_.collect_secrets(names);
    if (each_) each_->collect_secrets(names);
    for (const JsonTemplate& item : items_)
        item.collect_secrets(names);
    for (const auto& [name, member] : members_)
        member.collect_secrets(names);
}

void FormTemplate::collect_secrets(SecretNames* names) const {
    for (const Pair& pair : pairs_)
        pair.value.collect_secrets(names);
}

std::optional<FormTemplate> FormTemplate::parse(const Json& json, const std::string& where,
                                                std::vector<PlacedError>* errors) {
    if (!json.is_object()) {
        errors->push_back({where, "must be an object of texts"});
        return {};
    }
    FormTemplate result;
    std::size_t operators = 0;
    for (const auto& [name, value] : json.items()) {
        const std::string place = where + "." + name;
        std::string error = value.is_string() ? "" : "must be a text";
        auto parsed =
            error.empty() ? TextTemplate::parse(value.get_ref<const std::string&>(), &error) : std::nullopt;
        if (parsed && (operators += parsed->operators()) > max_operators)
            error = "is more than the 256 values and filters that a template may have";
        if (!error.empty()) {
            errors->push_back({place, error});
            return {};
        }
        result.pairs_.push_back({name, place, std::move(*parsed)});
    }
    return result;
}

Result FormTemplate::render(Renderer* renderer, std::string* out) const {
    bool first = true;
    for (const auto& [name, where, value] : pairs_) {
        const std::size_t before = out->size();
        if (!first) out->push_back('&');
        out->append(url_encode(name)).push_back('=');
        std::string text;
        const Result result = renderer->render(value, where, nullptr, &text);
        base::encode(text, out);
        if (result == Result::failed) return result;
        if (result == Result::left_out)
            out->resize(before);
        else
            first = false;
    }
    return Result::done;
}

}  // namespace webhook::endpoint
