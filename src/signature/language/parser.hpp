#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "signature/language/directives.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

// clang-format off
/// The language of schemes: a list of directives, each a list of words. The words are those that nginx' own tokenizer
/// gives for a block, so a `webhook_scheme NAME { ... }` block and the built-in catalogue share this parser.
///
///   algorithm hmac-{sha1,sha256,sha384,sha512,md5} | {sha1,sha256,sha384,sha512,md5} | token | basic | none
///             | ed25519 | ecdsa-p256-{sha256,sha1} | rsa-{sha256,sha512} | rsa-pss-{sha256,sha512} | jwt-{hs256,es256,rs256}
///             | aws-sns | contentful | http-signature | http-signature-hmac-sha256
///   key       utf8 | whsec | base64 | hex | sha1 | nfkd     how the secret becomes the key; default utf8. Up to four: each
///                                                           that decodes it makes a key
///             | pem | spki-base64 | whpk | jwk | hex | base64 [id=SRC]
///                                                           public keys, and what names the key; default pem
///   signature SRC... [split=CHARS] [trim] [skip=N] [take=N] [prefix=TEXT]... encoding=hex|base64|base64url
///   timestamp SRC [split=] [trim] [skip=] [take=] [prefix=]... unit=s|ms|auto|rfc3339|http-date [window=PAST,FUTURE [exact]]
///   message   TEMPLATE [any] [begins=[CLASS]]               default "{body}"; any: one of the brackets must be there;
///                                                           begins: of which characters the first one is. Up to four
///                                                           times: one of them is signed (parser.cpp)
///   digest    SRC [algorithm=md5|sha1|sha256|sha384|sha512] [encoding=...]
///                                                           a hash of the body that the message covers
///   id, type, tenant  SRC|TEMPLATE...                       first non-empty wins
///   identity  event [vouched] | thing | attempt             what the id names; default thing. vouched: the token speaks for it
///   content   signed                                        what is signed identifies the event, although it is not all
///   volatile  json:/POINTER...                              what a retry changes in the body; "*": all elements
///   repeats                                                 honest requests repeat word for word
///   claims    NAME[=TEXT]...                                what a JWT must hold; of repeated names one is enough
///   covers    COMPONENT[,COMPONENT]...                      what an HTTP signature must cover, one of each list
///   ack       STATUS [TYPE BODY]                            what the provider wants to read when an event was taken; BODY may
///                                                           hold {query:NAME} and {header:NAME}
///   unsigned_body                                           says that the body is not signed
///   unsigned_id                                             says that the id is not signed either
///   postback                                                the data is the query; GET is accepted
///   url_variants                                            {url} may have been signed with or without the default port
///   batch     json:/ARRAY                                   each element is signed: what is read of json:/ARRAY/0/... is
///                                                           read of all of them, and all must match
///
/// Windows are seconds, default 300 both ways; both sides are at least 300 unless `exact` says otherwise.
// clang-format on

/// nullptr and `error` when the definition is wrong, or could not keep a forgery out (a message without the
/// body that does not say `unsigned_body`, a plain hash without {secret}, a timestamp that is not signed).
std::unique_ptr<Scheme> parse_scheme(std::string_view name, const std::vector<Directive>& directives,
                                     LanguageError* error);

}  // namespace webhook::signature
