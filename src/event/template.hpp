#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "event/filter.hpp"
#include "event/source.hpp"

namespace webhook::event {

/// Text with values in it: "v0:{ts}:{body}". Text in brackets, "[id:{query:id};]", is left out when
/// the first value in it is absent or empty.
struct Template {
    struct Part {
        std::string literal;  ///< when `is_value` is false
        bool is_value = false;
        Source source;
        std::vector<Filter> filters;
        unsigned segment = 0;  ///< number of the brackets it is in; 0: none

        /// True when one of the filters is of that kind.
        bool has(Filter::Kind kind) const;
    };
    std::vector<Part> parts;

    /// Index of the first value of the brackets that part `at` is in.
    std::size_t first_of_segment(std::size_t at) const;
};

/// "{" starts a value where a lower-case letter follows and is text elsewhere; brackets without a value in
/// them are text. False, and a message that names the word, when a value is not closed, not known or there
/// are more than 24 parts.
bool parse_template(std::string_view text, SourceSet set, Template* result, std::string* error);

/// Reads a source or a template; a source becomes a template of one value.
bool parse_choice(std::string_view text, SourceSet set, Template* choice, std::string* error);

/// True when `text` is a template rather than a plain source. "$" in a source (json:/_id/$oid) is no
/// variable.
bool is_template(std::string_view text, SourceSet set = SourceSet::event);

inline constexpr std::size_t max_template_parts = 24;

}  // namespace webhook::event
