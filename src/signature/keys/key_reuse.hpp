#pragma once

#include "signature/model/pattern.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True when a challenge of the scheme answers with an HMAC (or any other value computed with the key) of
/// something that the request chose. A client that sends such a challenge can have texts signed, so the key
/// may serve no other scheme.
bool answers_hmacs(const Scheme& scheme);

/// True when no signed message of the scheme can be a text of this pattern: it has a character that the
/// pattern does not allow, or is longer. A body counts as a document (JSON, XML or a form), which has one of
/// `{ [ " < = &`; other bodies that look like the pattern are refused when they come (Message::looks_like).
bool never_signed(const Scheme& scheme, const Pattern& pattern);

/// True unless it is certain that what a challenge of `answering` gives away is no signature of a message of
/// `other` under the same key. What `other` refuses for the sake of its own challenges does not count, so its
/// bodies may be anything.
bool could_sign_for(const Scheme& answering, const Scheme& other);

}  // namespace webhook::signature
