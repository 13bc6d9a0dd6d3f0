#include "signature/catalogue/scheme_set.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace webhook::signature {

// Here, where Scheme is a complete type.
SchemeSet::SchemeSet() = default;
SchemeSet::~SchemeSet() = default;
SchemeSet::SchemeSet(SchemeSet&&) noexcept = default;
SchemeSet& SchemeSet::operator=(SchemeSet&&) noexcept = default;

std::string SchemeSet::check_name(std::string_view name) const {
    const std::string quoted = base::in_quotes(name);
    if (!base::is_name(name) || name == "off") return "invalid scheme name " + quoted;
    if (find_scheme(name) != nullptr) return quoted + " is the name of a built-in scheme";
    if (own_.find(name) != own_.end()) return "duplicate scheme " + quoted;
    return {};
}

bool SchemeSet::add(std::string_view name, const std::vector<Directive>& directives, LanguageError* error) {
    *error = {directives.size(), check_name(name)};
    if (!error->message.empty()) return false;
    auto scheme = parse_scheme(name, directives, error);
    if (scheme == nullptr) return false;
    if (scheme->algorithm == Algorithm::none) {
        const auto at = std::find_if(directives.begin(), directives.end(), [](const Directive& words) {
            return !words.empty() && words[0] == "algorithm";
        });
        *error = {static_cast<std::size_t>(at - directives.begin()),
                  R"("algorithm none" verifies nothing: use the built-in scheme "none")"};
        return false;
    }
    own_.emplace(name, Own{std::move(scheme), to_text(directives)});
    return true;
}

const Scheme* SchemeSet::find(std::string_view name) const {
    const auto found = own_.find(name);
    return found == own_.end() ? find_scheme(name) : found->second.scheme.get();
}

std::string SchemeSet::suggestion(std::string_view name) const {
    std::vector<std::string_view> all = names();
    const std::vector<std::string_view> built_in = scheme_names();
    all.insert(all.end(), built_in.begin(), built_in.end());
    return base::did_you_mean(name, all);
}

std::vector<std::string_view> SchemeSet::names() const {
    std::vector<std::string_view> all;
    for (const auto& each : own_)
        all.push_back(each.first);
    return all;
}

std::string_view SchemeSet::text(std::string_view name) const {
    const auto found = own_.find(name);
    return found == own_.end() ? scheme_text(name) : std::string_view(found->second.text);
}

}  // namespace webhook::signature
