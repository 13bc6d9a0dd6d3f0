#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "endpoint/document.hpp"
#include "link/resolver.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "worker/send/attempt.hpp"
#include "worker/send/event.hpp"

namespace webhook::worker {

class AddressGuard;
class PreparedEndpoint;

/// What a Sender has from the worker's settings.
struct SenderOptions {
    std::string secrets_dir;  ///< empty: there are no secrets in files
    std::shared_ptr<const signature::SchemeSet> schemes = std::make_shared<signature::SchemeSet>();
    std::shared_ptr<const AddressGuard> guard;  ///< nullptr: private addresses are never reached
    std::size_t max_idle_per_origin = 64;       ///< connections kept for later requests
    std::string key;                            ///< see set_key()
    link::Resolver::LookUp look_up = link::Resolver::system_look_up;
};

/// HTTP(S) delivery on one thread: keep-alive connections per origin, resolving and connecting of our own so
/// that the address guard judges the address that is connected to. No redirects, no proxies.
class Sender {
  public:
    Sender(boost::asio::any_io_executor executor, SenderOptions options);
    ~Sender();

    /// Reads secrets (blocking file reads: call at configuration changes, not per attempt). A missing secret
    /// gives a target whose attempts are `not_ready`; `problem` then says which, for one log line. When the
    /// document or a secret changes the target is made anew.
    std::shared_ptr<const PreparedEndpoint> prepare(const endpoint::Document& document, std::string* problem);

    /// One attempt: fresh timestamp and signature, within timeout and connect_timeout. Never throws.
    boost::asio::awaitable<Attempt> attempt(std::shared_ptr<const PreparedEndpoint> target,
                                            std::shared_ptr<const Event> event);

    /// The key of the configuration, by which events that come round are known (see Hops).
    void set_key(std::string_view key);

    /// Cancels what is under way (their attempts end as failed, error "stopped") and closes idle connections.
    void stop();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace webhook::worker
