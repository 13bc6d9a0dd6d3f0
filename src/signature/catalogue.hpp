#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace webhook::signature {

/// A built-in scheme as text.
struct Definition {
    std::string_view name, text;
};

/// A view of one family's definitions.
struct Definitions {
    const Definition* first;
    std::size_t count;

    const Definition* begin() const { return first; }
    const Definition* end() const { return first + count; }
};

Definitions standard_schemes();
Definitions payments_schemes();
Definitions developer_schemes();
Definitions messaging_schemes();
Definitions services_schemes();
Definitions postbacks_schemes();
Definitions public_key_schemes();
Definitions operations_schemes();
Definitions communication_schemes();
Definitions media_schemes();
Definitions trade_schemes();

}  // namespace webhook::signature
