#include "worker/send/sender.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <tuple>

#include "base/time.hpp"
#include "endpoint/stored_values.hpp"
#include "link/connector.hpp"
#include "link/deadline.hpp"
#include "link/error_text.hpp"
#include "worker/send/address_guard.hpp"
#include "worker/send/hops.hpp"
#include "worker/send/origin.hpp"
#include "worker/send/prepared_endpoint.hpp"
#include "worker/send/response_parser.hpp"
#include "worker/send/scratch_buffer.hpp"

namespace webhook::worker {
namespace {

namespace asio = boost::asio;
using link::AttemptDeadline;
using link::Deadlines;
using link::describe;
using link::Resolver;
using link::Waiting;
using ConnectionPtr = std::unique_ptr<HttpConnection>;
using PreparedEndpointPtr = std::shared_ptr<const PreparedEndpoint>;
using EventPtr = std::shared_ptr<const Event>;
using endpoint::OutgoingRequest;

constexpr std::chrono::seconds sweep_interval{1};
/// If a reused connection ends without a response within this time, the receiver had closed it before the
/// request.
constexpr std::chrono::seconds stale_within{1};
constexpr std::size_t fewest_origins_swept = 64;
constexpr std::chrono::minutes shortage_again{1};  ///< logs one line a minute

/// Is the result of one request over one connection.
struct Exchange {
    bool answered = false;   ///< the response has a status: it and the result are in the attempt
    bool got_some = false;   ///< at least one byte of it was received
    bool left_over = false;  ///< there were bytes after the response
    bool keep = false;       ///< the connection can carry another request
    std::string error;
};

bool ended(const boost::system::error_code& error) {
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

std::string received_hops(const Event& event) {
    const bool kept = event.field("headers").find("ebhook-") != std::string_view::npos;
    return kept ? endpoint::kept_header(event, "webhook-hops") : std::string();
}

/// Reads until the end of the response, enough of it, an error or a time limit.
asio::awaitable<void> read_answer(HttpConnection& connection, ResponseParser& answer, Exchange& result) {
    while (!answer.ended() && !answer.enough()) {
        boost::system::error_code error;
        const std::string_view bytes = co_await connection.read(&error);
        result.left_over = answer.put(bytes) < bytes.size();
        if (!error) continue;
        const bool refused = !answer.began() && connection.wanted_certificate();
        if (ended(error) && !refused) answer.put_end();
        if (!answer.ended()) result.error = "answer: " + connection.explain(error);
        break;
    }
    if (!answer.error().empty()) result.error = "answer: " + answer.error();
}

/// Adds a hint to a rejection that is probably caused by TLS: https:// for http://, or a client certificate.
void add_hint(const PreparedEndpoint& endpoint, HttpConnection& connection, Attempt& attempt) {
    if (attempt.status < 400 || attempt.status > 499 || attempt.result != Attempt::Result::failed) return;
    const auto says = [&](const char* text) { return attempt.response.find(text) != std::string::npos; };
    if (connection.wanted_certificate()) {
        attempt.error += ": the server asked for a client certificate, and there is none to give";
    } else if (attempt.status == 400 && !endpoint.url().tls &&
               (says("HTTPS port") || says("HTTPS server") || says("SSL-enabled server port"))) {
        attempt.error += ": the port wants https://";
    }
}

}  // namespace

struct Sender::Impl : std::enable_shared_from_this<Sender::Impl> {
    using OriginKey = std::tuple<bool, std::string, std::uint16_t, bool>;

    Impl(asio::any_io_executor executor_, SenderOptions options_)
        : executor(std::move(executor_)),
          options(std::move(options_)),
          deadlines(std::make_shared<Deadlines>(executor)),
          resolver(executor, options.look_up),
          connector(executor, true),
          sweeper(executor),
          limits(std::make_shared<IdleLimits>()) {
        if (!options.guard) options.guard = AddressGuard::nowhere();
        hops = Hops(options.key);
        limits->per_origin = options.max_idle_per_origin;
    }

    asio::any_io_executor executor;
    SenderOptions options;
    std::shared_ptr<Deadlines> deadlines;
    Resolver resolver;
    link::Connector connector;
    asio::steady_timer sweeper;
    std::shared_ptr<IdleLimits> limits;
    std::map<OriginKey, std::weak_ptr<Origin>> origins;
    std::size_t sweep_origins_at = fewest_origins_swept;
    std::vector<std::string> spare_heads;
    Hops hops;
    bool sweeping = false;
    Clock::time_point log_shortage_at{};

    void drop_unused_origins();
    std::shared_ptr<Origin> origin_of(const PreparedEndpoint& endpoint);
    void sweep_later();
    void stop();
    void close_idle();

    asio::awaitable<std::shared_ptr<const Addresses>> find_addresses(const Origin& origin,
                                                                     AttemptDeadline& deadline,
                                                                     Attempt& attempt);
    asio::awaitable<ConnectionPtr> open(const Origin& origin, const Addresses& addresses,
                                        AttemptDeadline& deadline, Attempt& attempt);
    void ran_short(const boost::system::error_code& shortage);
    asio::awaitable<Exchange> exchange(HttpConnection& connection, const PreparedEndpoint& endpoint,
                                       std::string_view head, std::string_view body,
                                       AttemptDeadline& deadline, Attempt& attempt);
    asio::awaitable<void> deliver(const PreparedEndpoint& endpoint, const OutgoingRequest& request,
                                  AttemptDeadline& deadline, Attempt& attempt);
    asio::awaitable<void> build_and_deliver(const PreparedEndpoint& endpoint, const Event& event,
                                            endpoint::DeliveryFacts facts, std::string_view hops,
                                            AttemptDeadline& deadline, Attempt& attempt);
    void give_back(Origin& origin, ConnectionPtr connection);

    /// Makes an attempt; keeps sender, endpoint and event alive while it runs.
    static asio::awaitable<Attempt> run(std::shared_ptr<Impl> self, PreparedEndpointPtr endpoint,
                                        EventPtr event, endpoint::DeliveryFacts facts);
};

/// Drops unused origins only when the table has doubled: a scan for each endpoint would block the loop for
/// seconds when thousands of endpoints are prepared at once.
void Sender::Impl::drop_unused_origins() {
    if (origins.size() < sweep_origins_at) return;
    std::erase_if(origins, [](const auto& entry) { return entry.second.expired(); });
    sweep_origins_at = std::max(fewest_origins_swept, 2 * origins.size());
}

std::shared_ptr<Origin> Sender::Impl::origin_of(const PreparedEndpoint& endpoint) {
    drop_unused_origins();
    const endpoint::Url& url = endpoint.url();
    const bool flag = endpoint.document().allow_private;
    auto& known = origins[{url.tls, url.host, url.port, flag}];
    auto origin = known.lock();
    if (!origin) known = origin = std::make_shared<Origin>(url.tls, url.host, url.port, flag, limits);
    return origin;
}

void Sender::Impl::sweep_later() {
    if (sweeping || deadlines->stopped()) return;
    sweeping = true;
    sweeper.expires_after(sweep_interval);
    sweeper.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!self) return;
        self->sweeping = false;
        if (error) return;
        const auto now = Clock::now();
        for (const auto& [key, known] : self->origins) {
            if (const auto origin = known.lock())
                origin->sweep(now, origin->literal ? nullptr : self->resolver.last(origin->host).get());
        }
        if (self->limits->held > 0) self->sweep_later();
    });
}

void Sender::Impl::stop() {
    deadlines->stop();
    resolver.close();
    sweeper.cancel();
    close_idle();
}

void Sender::Impl::close_idle() {
    for (const auto& [key, known] : origins) {
        if (const auto origin = known.lock()) origin->clear();
    }
}

asio::awaitable<std::shared_ptr<const Addresses>> Sender::Impl::find_addresses(const Origin& origin,
                                                                               AttemptDeadline& deadline,
                                                                               Attempt& attempt) {
    Resolver::Answer answer = co_await resolver.resolve(origin.host, deadline);
    if (!answer.addresses) attempt.error = "resolve: " + answer.error;
    co_return answer.addresses;
}

/// Connects to the addresses that the guard allows.
asio::awaitable<ConnectionPtr> Sender::Impl::open(const Origin& origin, const Addresses& addresses,
                                                  AttemptDeadline& deadline, Attempt& attempt) {
    Addresses allowed = addresses;
    std::erase_if(allowed, [&](const asio::ip::address& address) {
        return !options.guard->allows(address, origin.allow_private);
    });
    if (allowed.empty()) {
        attempt.error = "address " + addresses.front().to_string() + " is not allowed";
        co_return nullptr;
    }
    link::Connector::Place place{origin.host, origin.port, origin.tls};
    auto outcome = co_await connector.open(std::move(place), std::move(allowed), deadline);
    attempt.error = std::move(outcome.error);
    if (outcome.connection) co_return std::move(outcome.connection);
    resolver.doubt(origin.host);
    if (outcome.shortage) {
        attempt.result = Attempt::Result::not_ready;
        ran_short(outcome.shortage);
    }
    co_return nullptr;
}

/// Closes idle connections to free descriptors, and logs the shortage.
void Sender::Impl::ran_short(const boost::system::error_code& shortage) {
    close_idle();
    const auto now = Clock::now();
    if (now < log_shortage_at) return;
    log_shortage_at = now + shortage_again;
    spdlog::error(
        "cannot connect: {}; deliveries wait: raise the limit of the system, or lower \"max_inflight\"",
        describe(shortage));
}

asio::awaitable<Exchange> Sender::Impl::exchange(HttpConnection& connection, const PreparedEndpoint& endpoint,
                                                 std::string_view head, std::string_view body,
                                                 AttemptDeadline& deadline, Attempt& attempt) {
    const Waiting waiting(deadline, connection);
    Exchange result;
    boost::system::error_code write_error;
    if (!connection.try_write(head, body, &write_error)) co_await connection.finish_write(&write_error);
    // A receiver may respond before it has read a large body, and close or stop reading: so the response is
    // read after a failed write, too.
    ResponseParser answer;
    if (endpoint.document().method == "HEAD") answer.expect_no_body();
    if (!deadline.cut_short() || connection.has_early_answer())
        co_await read_answer(connection, answer, result);
    result.answered = answer.status() != 0;
    result.got_some = answer.began();
    if (result.answered) {
        answer.judge(endpoint.document(), endpoint.success_where(), base::now_ms(), &attempt);
        add_hint(endpoint, connection, attempt);
        result.keep = !write_error && !result.left_over && answer.keep_alive() && !deadline.cut_short();
    } else if (deadline.cut_short()) {
        result.error = deadline.cut_short_by();
    } else if (write_error) {
        result.error = "write: " + connection.explain(write_error);
    } else if (!endpoint.url().tls && result.error == "answer: connection closed") {
        result.error += ": does the port want https://?";
    }
    co_return result;
}

void Sender::Impl::give_back(Origin& origin, ConnectionPtr connection) {
    if (deadlines->stopped()) return;
    origin.give(std::move(connection), Clock::now());
    sweep_later();
}

asio::awaitable<void> Sender::Impl::build_and_deliver(const PreparedEndpoint& endpoint, const Event& event,
                                                      endpoint::DeliveryFacts facts, std::string_view hops,
                                                      AttemptDeadline& deadline, Attempt& attempt) {
    ScratchBuffer head(spare_heads);
    OutgoingRequest request;
    request.head.swap(head.text);
    if (facts.created_ms == 0) facts.created_ms = attempt.started_ms;
    if (auto problem = endpoint.build(event, facts, hops, attempt.started_ms, &request)) {
        attempt.result = problem->unfilled ? Attempt::Result::unfilled : Attempt::Result::aborted;
        attempt.error = std::move(problem->what);
    } else {
        co_await deliver(endpoint, request, deadline, attempt);
        endpoint.mask(request, &attempt.response);
    }
    endpoint.mask(request, &attempt.error);
    request.head.swap(head.text);
}

asio::awaitable<void> Sender::Impl::deliver(const PreparedEndpoint& endpoint, const OutgoingRequest& request,
                                            AttemptDeadline& deadline, Attempt& attempt) {
    Origin& origin = *endpoint.origin;
    for (bool may_be_stale = true;; may_be_stale = false) {
        const auto began = Clock::now();
        deadline.step = std::min(began + endpoint.document().connect_timeout, deadline.limit());
        auto addresses = origin.literal ? origin.literal : resolver.ready(origin.host);
        if (!addresses) addresses = co_await find_addresses(origin, deadline, attempt);
        ConnectionPtr connection = may_be_stale && addresses ? origin.take(began, *addresses) : nullptr;
        const bool kept = connection != nullptr;
        if (!kept && addresses) connection = co_await open(origin, *addresses, deadline, attempt);
        deadline.step = Clock::time_point::max();
        if (!connection) {
            if (deadline.stopped) attempt.error = "stopped";
            co_return;
        }
        Exchange result =
            co_await exchange(*connection, endpoint, request.head, request.body, deadline, attempt);
        if (result.keep) give_back(origin, std::move(connection));
        if (result.answered) co_return;
        const bool stale =
            kept && !result.got_some && !deadline.cut_short() && Clock::now() - began < stale_within;
        attempt.error = std::move(result.error);
        if (!stale) co_return;
    }
}

asio::awaitable<Attempt> Sender::Impl::run(std::shared_ptr<Impl> self, PreparedEndpointPtr endpoint,
                                           EventPtr event, endpoint::DeliveryFacts facts) {
    const auto began = Clock::now();
    Attempt attempt;
    attempt.started_ms = base::now_ms();
    const Hops::Passage passage = self->hops.pass(received_hops(*event));
    if (!endpoint->ready()) {
        attempt.result = Attempt::Result::not_ready;
        attempt.error = endpoint->problem();
    } else if (passage.is_loop()) {
        attempt.result = Attempt::Result::aborted;
        attempt.error = "loop";
    } else if (self->deadlines->stopped()) {
        attempt.error = "stopped";
    } else {
        AttemptDeadline deadline(*self->deadlines, began + endpoint->document().timeout);
        try {
            co_await self->build_and_deliver(*endpoint, *event, facts, passage.header, deadline, attempt);
        } catch (const std::exception& e) {
            attempt.error = std::string("internal error: ") + e.what();
        }
    }
    attempt.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    co_return attempt;
}

Sender::Sender(asio::any_io_executor executor, SenderOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options))) {}

Sender::~Sender() {
    stop();
}

void Sender::set_key(std::string_view key) {
    impl_->hops = Hops(key);
}

void Sender::stop() {
    impl_->stop();
}

std::shared_ptr<const PreparedEndpoint> Sender::prepare(const endpoint::Document& document,
                                                        std::string* problem) {
    auto endpoint = std::make_shared<PreparedEndpoint>(
        document, endpoint::Secrets(impl_->options.secrets_dir), impl_->options.schemes);
    *problem = endpoint->problem();
    if (endpoint->ready()) endpoint->origin = impl_->origin_of(*endpoint);
    return endpoint;
}

asio::awaitable<Attempt> Sender::attempt(std::shared_ptr<const PreparedEndpoint> endpoint,
                                         std::shared_ptr<const Event> event, endpoint::DeliveryFacts facts) {
    return Impl::run(impl_, std::move(endpoint), std::move(event), facts);
}

}  // namespace webhook::worker
