#pragma once

#include <memory>

#include "endpoint/request_builder.hpp"
#include "worker/send/origin.hpp"

namespace webhook::worker {

/// Is an endpoint prepared for attempts. Immutable, so running attempts keep the one they began with.
struct PreparedEndpoint final : endpoint::RequestBuilder {
    using RequestBuilder::RequestBuilder;

    std::shared_ptr<Origin> origin;  ///< set by the Sender before the endpoint is shared
};

}  // namespace webhook::worker
