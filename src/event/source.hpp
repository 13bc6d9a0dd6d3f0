#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::event {

/// Where a value of a request stands, in the words users write:
///   header:NAME  query:NAME  form:NAME  json:/POINTER  sha256:body  method     and chains:
///   form:payload>json:/a/b
/// and, in signature schemes only:
///   config:NAME  (a parameter of the location)  claim:NAME  (of a JWT)  ts  secret  body  url  query_string  query
///   (the last two: the raw query)  form  (all fields, for the filter "sorted")
struct Source {
    enum class Kind : std::uint8_t {
        header,
        query,
        form,
        json,
        body_sha256,
        method,
        url,
        config,
        claim,
        timestamp,
        secret,
        body,
        query_string,
        form_fields,
    };
    Kind kind = Kind::body;
    std::string name;                    ///< header: lower case; json: the pointer (RFC 6901)
    std::string text;                    ///< as written
    std::vector<std::string> pointer;    ///< json: the pointer's tokens, unescaped
    std::shared_ptr<const Source> then;  ///< of a chain: looked up in this one's value (json or form)

    /// True when the body must be parsed to find it.
    bool needs_body() const { return kind == Kind::form || kind == Kind::json || kind == Kind::form_fields; }
};

/// Which words are known: id, type, ... of an event, or everything a signature scheme may name.
enum class SourceSet : std::uint8_t { event, scheme };

/// False, and a message that names the word, when `text` is not a source.
bool parse_source(std::string_view text, SourceSet set, Source* source, std::string* error);

/// "/a/b~1c" -> {"a","b/c"}; false when it is not a JSON pointer of at most 64 tokens.
bool parse_pointer(std::string_view text, std::vector<std::string>* tokens);

}  // namespace webhook::event
