#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::base {

/// The parts of Structured Fields (RFC 8941) that HTTP Message Signatures need. All views are of the parsed
/// text.

/// A covered component: "@method", "content-digest".
struct Component {
    std::string_view raw;  ///< with quotes and parameters, as the signature base repeats it
    std::string_view name;
    bool has_params = false;
};

/// One member of Signature-Input (RFC 9421 section 4.1).
struct SignatureInput {
    std::string_view label;
    std::string_view raw;  ///< list and parameters as they stand: the value of "@signature-params"
    std::vector<Component> components;
    std::string_view created_text;
    std::optional<std::int64_t> created, expires;  ///< Unix seconds
    std::string keyid, alg;
};

/// Members of one header that are looked at, components of one signature: at most.
inline constexpr std::size_t max_members = 4, max_components = 64;

/// False for text that is not what the RFC says, repeated labels, components or parameters, and too many of
/// them.
bool parse_signature_input(std::string_view text, std::vector<SignatureInput>* inputs);

/// A dictionary of byte sequences (Signature, Content-Digest): labels and decoded bytes. Members of other
/// types are left out. False as above.
bool parse_bytes(std::string_view text, std::vector<std::pair<std::string_view, std::string>>* members);

}  // namespace webhook::base
