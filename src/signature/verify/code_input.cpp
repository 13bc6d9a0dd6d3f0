#include "signature/verify/code_input.hpp"

#include <algorithm>

namespace webhook::signature {

Outcome check_age(const CodeInput& input, std::int64_t unix_ms, std::string_view timestamp) {
    const char* why = input.window.why_stale(unix_ms, input.now_ms);
    if (why != nullptr) return {Verdict::stale, why, timestamp};
    return {Verdict::genuine, "", timestamp};
}

bool matches_hmac(const Prepared& prepared, std::string_view text, std::string_view mac) {
    return std::any_of(prepared.keys.begin(), prepared.keys.end(),
                       [&](const PreparedKey& key) { return equal(key.hmac->digest(text).view(), mac); });
}

}  // namespace webhook::signature
