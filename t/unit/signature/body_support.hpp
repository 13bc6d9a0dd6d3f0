// What the tests of schemes that sign values of the body share.

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "event/extractor.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {

using test::hmac;

inline constexpr std::int64_t now_ms = 1760000000000;
inline const std::string url = "https://hooks.example.com/in?a=1";

inline Outcome judge(std::string_view scheme, const std::string& secret, const test::PlainRequest& request,
                     VerifierOptions options = {}) {
    options.secrets = {secret};
    std::string error;
    const auto verifier = Verifier::make(*find_scheme(scheme), options, &error);
    EXPECT_TRUE(verifier) << error;
    return verifier ? verifier->check(request, now_ms) : Outcome{};
}

inline void fill(test::PlainRequest* request, const std::string& body, const std::string& type = "") {
    request->set_url(url);
    request->set_body(body);
    if (!type.empty()) request->set_header("Content-Type", type);
}

inline std::string id_of(std::string_view scheme, const test::PlainRequest& request) {
    event::Extractor::Fields fields;
    fields.id = id_sources(*find_scheme(scheme));
    std::string error;
    event::Extractor::Values values;
    event::Extractor::make(fields, &error)->extract(request, 1 << 20, &values);
    return values.id;
}

}  // namespace webhook::signature
