#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook::signature {

/// Returns the spellings of an http or https URL that a sender may have signed; none for anything else. What
/// a client or a proxy on the way makes of a URL is known: it adds or drops the default port, escapes
/// characters that may stand unescaped, or writes the query anew as a form. In this order, each without a
/// port and with the default one:
///   1. the URL as it came
///   2. with the characters escaped that the URL standard escapes, such as ' in a query
///   3. so, and the query written anew: decoded, values of one name brought together, escaped as JavaScript's
///      encodeURIComponent() does, which leaves ' as it is
std::vector<std::string> url_variants(std::string_view url);

}  // namespace webhook::signature
