#pragma once

#include <memory>

#include "endpoint/request_builder.hpp"
#include "worker/send/origin.hpp"

namespace webhook::worker {

class TokenSource;

/// Is an endpoint prepared for attempts. Immutable, so running attempts keep the one they began with.
struct PreparedEndpoint final : endpoint::RequestBuilder {
    using RequestBuilder::RequestBuilder;

    // Set by the Sender before the endpoint is shared.
    std::shared_ptr<Origin> origin;
    std::shared_ptr<TokenSource> tokens;  ///< nullptr: no OAuth 2.0
};

}  // namespace webhook::worker
