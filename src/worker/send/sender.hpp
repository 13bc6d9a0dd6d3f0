#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "endpoint/document.hpp"
#include "link/proxy.hpp"
#include "link/resolver.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "worker/send/attempt_sender.hpp"

namespace webhook::worker {

class AddressGuard;

/// Holds the options of a Sender, from the settings of the worker.
struct SenderOptions {
    std::string secrets_dir;  ///< empty: no secrets in files
    std::shared_ptr<const signature::SchemeSet> schemes = std::make_shared<signature::SchemeSet>();
    std::shared_ptr<const AddressGuard> guard;  ///< nullptr: private addresses are not allowed
    std::size_t max_idle_per_origin = 64;       ///< idle connections kept for later requests
    std::string key;                            ///< see set_key()
    std::optional<link::Proxy> proxy;           ///< setting `egress_proxy`
    link::Resolver::LookUp look_up = link::Resolver::system_look_up;
};

/// Sends HTTP(S) requests on one thread, with keep-alive connections per origin. Resolves and connects
/// itself, also through a proxy, so that the address guard judges the address that is connected to. No
/// redirects.
class Sender final : public AttemptSender {
  public:
    Sender(boost::asio::any_io_executor executor, SenderOptions options);
    ~Sender();

    /// Prepares an endpoint. Reads secrets (blocking: call at configuration changes, not per attempt). With a
    /// missing secret, attempts are `not_ready`, and `problem` names it for the log. Call again when the
    /// document or a secret changes.
    std::shared_ptr<const PreparedEndpoint> prepare(const endpoint::Document& document, std::string* problem);

    /// Makes one attempt with a new timestamp and signature, within timeout and connect_timeout. Never
    /// throws.
    boost::asio::awaitable<Attempt> attempt(std::shared_ptr<const PreparedEndpoint> endpoint,
                                            std::shared_ptr<const Event> event,
                                            endpoint::DeliveryFacts facts) override;

    /// Sets the key of the configuration, which authenticates hop counts (see Hops).
    void set_key(std::string_view key);

    /// Cancels running attempts (they end as failed, error "stopped") and closes idle connections.
    void stop();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace webhook::worker
