#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signature/catalogue/lookup.hpp"
#include "signature/language/parser.hpp"

namespace webhook::signature {

/// The custom schemes, in addition to the built-in ones. Immutable once filled; the schemes
/// live as long as the set.
class SchemeSet {
  public:
    SchemeSet();
    ~SchemeSet();
    SchemeSet(SchemeSet&&) noexcept;
    SchemeSet& operator=(SchemeSet&&) noexcept;

    /// Returns why a custom scheme cannot have this name (not [A-Za-z0-9_.-]{1,64}, built-in, taken);
    /// empty: it can.
    std::string check_name(std::string_view name) const;

    /// False, with the directive at fault, when name or definition is wrong. What a built-in scheme may say,
    /// this may, but `algorithm none`: nothing but the name "none" says to a reader of a configuration that
    /// nothing is verified.
    bool add(std::string_view name, const std::vector<Directive>& directives, LanguageError* error);

    /// Returns the custom or built-in scheme of that name; nullptr: there is none.
    const Scheme* find(std::string_view name) const;

    /// Returns the end of a message about a name that no scheme has: `, did you mean "stripe"?`, or nothing.
    std::string suggestion(std::string_view name) const;

    /// Returns the names of the custom schemes, sorted.
    std::vector<std::string_view> names() const;

    /// Returns the definition of a custom or built-in scheme; empty: there is none.
    std::string_view text(std::string_view name) const;

  private:
    struct Own {
        std::unique_ptr<Scheme> scheme;
        std::string text;
    };
    std::map<std::string, Own, std::less<>> own_;
};

}  // namespace webhook::signature
