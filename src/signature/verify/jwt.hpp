#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_value.hpp"
#include "signature/keys/prepared.hpp"
#include "signature/verify/code_input.hpp"

namespace webhook::signature {

/// JWTs (RFC 7519) of HS256, ES256 and RS256 as compact JWS (RFC 7515).
Outcome check_jwt(const CodeInput& input);

/// Longest token of a header or parameter that is looked at, in bytes. In a body it is as long as a body that
/// is parsed.
inline constexpr std::size_t max_token = 16 << 10;

/// Seconds that clocks may differ by when `exp` and `nbf` are judged.
inline constexpr std::int64_t jwt_leeway = 60;

/// Reads a token whose signature is right for one of the keys into `claims`: nullptr. Else the reason:
/// another `alg` than the scheme's, `crit`, a repeated claim, an unknown key. Takes from `*budget` for each
/// public-key check.
const char* verify_jwt(const Prepared& prepared, std::string_view token, std::size_t* budget,
                       base::JsonValue* claims);

/// "HS256", "ES256" or "RS256": the only `alg` that the scheme takes.
std::string_view jwt_algorithm(const Scheme& scheme);

/// A NumericDate claim (RFC 7519 section 2) as Unix milliseconds, or one in milliseconds; false when it is
/// none.
bool numeric_date(const base::JsonValue& claim, Unit unit, std::int64_t* unix_ms);

/// The claim of that name, or for "/a/b" the one at that JSON pointer; nullptr when there is none.
const base::JsonValue* find_claim(const base::JsonValue& claims, std::string_view name);

/// A token with these claims (JSON), signed with the first key; empty when that failed.
std::string make_jwt(const Prepared& prepared, std::string_view claims);

}  // namespace webhook::signature
