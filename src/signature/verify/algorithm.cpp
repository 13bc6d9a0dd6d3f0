#include "signature/verify/algorithm.hpp"

#include <algorithm>

namespace webhook::signature {

CodeCheck code_check(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::jwt:
            return check_jwt;
        case Algorithm::aws_sns:
            return check_sns;
        case Algorithm::contentful:
            return check_contentful;
        case Algorithm::http_signature:
            return check_http_signature;
        default:
            return nullptr;
    }
}

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
