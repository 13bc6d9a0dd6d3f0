#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::event {

/// The place of a value in a request, in the words that users write:
///   header:NAME  query:NAME  form:NAME  json:/POINTER  sha256:body  method  path  path:N  (its N-th segment)
///   claim:NAME  (of a JWT)     and chains:
///   form:payload>json:/a/b
/// in the names of an event (id, type, ...) only:
///   xml:/a/b  xml:/a/@b     and, in a chain, base64:  form:payload>base64>xml:/a
/// in directives of nginx only:
///   $variable  ${variable}
/// and, in signature schemes only:
///   config:NAME  (a parameter of the location)  ts  secret  body  url  query_string  query
///   (the last two: the raw query)  form  (all fields, for the filter "sorted")
struct Source {
    enum class Kind : std::uint8_t {
        header,
        query,
        form,
        json,
        xml,
        base64,
        body_sha256,
        method,
        path,
        path_segment,
        variable,
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
    std::string name;  ///< header: lower case; json: the pointer (RFC 6901)
    std::string text;  ///< as written
    std::vector<std::string>
        pointer;            ///< json: the pointer's tokens, unescaped; claim: its name; xml: the elements
    std::size_t index = 0;  ///< path_segment: from 1; variable: in Extractor::variables()
    std::shared_ptr<const Source>
        then;  ///< of a chain: looked up in this one's value (json, form, xml, base64)

    /// True when the body must be parsed to find it.
    bool needs_body() const {
        return kind == Kind::form || kind == Kind::json || kind == Kind::form_fields || kind == Kind::xml;
    }
};

/// True when both are read from the same place: of headers case does not count.
bool is_same(const Source& a, const Source& b);

/// Which words are known: id, type, ... of an event as schemes name them; the same in a directive of nginx,
/// where variables are known, too; or everything that signatures and messages of a scheme may name.
enum class SourceSet : std::uint8_t { event, directive, scheme };

/// False, and a message that names the word, when `text` is not a source.
bool parse_source(std::string_view text, SourceSet set, Source* source, std::string* error);

/// The length of the variable that `text` begins with ("$name", "${name}"), whatever its name is; 0: it
/// begins with none.
std::size_t variable_length(std::string_view text, SourceSet set);

/// "/a/b~1c" -> {"a","b/c"}; false when it is not a JSON pointer of at most 64 tokens.
bool parse_pointer(std::string_view text, std::vector<std::string>* tokens);

}  // namespace webhook::event
