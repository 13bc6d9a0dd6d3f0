#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

namespace webhook::signature {

/// A built-in scheme as text, or another name of one: then `alias_of` is that and `text` holds comments only
/// (where the sender says so). Each text begins with what is known of the sender, in lines of their own:
/// "# source: ...", "# retries: ..." (do they keep id and body?) and "# repeats: ..." (do honest bodies
/// repeat word for word?).
struct Definition {
    std::string_view name, text;
    std::string_view alias_of = {};
};

/// A view of one family's definitions.
struct Definitions {
    const Definition* first;
    std::size_t count;

    const Definition* begin() const { return first; }
    const Definition* end() const { return first + count; }
};

/// All families.
std::vector<Definitions> families();

Definitions standard_schemes();
Definitions standard_sender_schemes();
Definitions payments_schemes();
Definitions finance_schemes();
Definitions commerce_schemes();
Definitions developer_schemes();
Definitions messaging_schemes();
Definitions services_schemes();
Definitions postbacks_schemes();
Definitions public_key_schemes();
Definitions operations_schemes();
Definitions communication_schemes();
Definitions media_schemes();
Definitions trade_schemes();
Definitions relatives_schemes();

}  // namespace webhook::signature
