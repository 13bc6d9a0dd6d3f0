#pragma once

#include <string>
#include <utility>
#include <vector>

#include "event/request.hpp"
#include "signature/keys/prepared.hpp"

namespace webhook::signature {

class Message;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// Returns whether we can sign as the sender does; the error says why not.
bool can_sign(const Scheme& scheme, std::string* error);

/// The sending side of code_check.hpp: the headers to add to a request whose other headers are in place.
/// `now_ms`: Unix milliseconds.
HeaderList sign_by_code(const Prepared& prepared, const event::Request& request, const HeaderList& headers,
                        std::int64_t now_ms);

/// Signatures of a message with each of the private keys.
std::vector<std::string> sign_with_keys(const Prepared& prepared, const Message& message,
                                        const base::BodyView& body);

}  // namespace webhook::signature
