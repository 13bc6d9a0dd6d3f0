#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::event {

/// Most fields of a form or query that are put together for a signature: senders have some thirty, and
/// sorting is what any client can make us do.
inline constexpr std::size_t max_form_fields = 1000;

/// The argument of "sorted": names and values, decoded unless `raw`, sorted, with `assign` between a
/// name and its value and `join` between fields. Both empty: nothing in between, and equal fields count once
/// (Twilio).
struct SortedFields {
    std::string assign, join;
    bool raw = false;
};

/// Reads the argument of the filter: "", or "ASSIGN:JOIN" with or without ":raw" after it. False when it is
/// neither.
bool parse_sorted(std::string_view arg, SortedFields* rule);

/// Appends what "sorted" makes of the fields of a form or query. nullptr, or why they cannot be signed so:
/// too many, a name that is there twice, or a value from which with this rule other fields could be made.
const char* join_sorted(std::string_view fields, const SortedFields& rule, std::string* out);

/// Appends what "sized" makes of the fields: the values in their order, each after its length. nullptr, or
/// why they cannot be signed so.
const char* join_sized(std::string_view fields, std::string* out);

}  // namespace webhook::event
