#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "endpoint/request_builder.hpp"
#include "worker/send/attempt.hpp"
#include "worker/send/event.hpp"

namespace webhook::worker {

struct PreparedEndpoint;

/// Makes HTTP attempts. The Dispatcher needs no more of a Sender, so tests can give it another one.
class AttemptSender {
  public:
    /// Makes one attempt. Never throws. The caller keeps the object until the attempt has ended.
    virtual boost::asio::awaitable<Attempt> attempt(std::shared_ptr<const PreparedEndpoint> endpoint,
                                                    std::shared_ptr<const Event> event,
                                                    endpoint::DeliveryFacts facts) = 0;

  protected:
    ~AttemptSender() = default;
};

}  // namespace webhook::worker
