#include "worker/send/transport.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>

#include "endpoint/digest_of_texts.hpp"
#include "link/error_text.hpp"

namespace webhook::worker {
namespace {

namespace asio = boost::asio;
using link::AttemptDeadline;
using link::Waiting;

constexpr std::chrono::seconds sweep_interval{1};
/// If a reused connection ends without a response within this time, the receiver had closed it before the
/// request.
constexpr std::chrono::seconds stale_within{1};
constexpr std::size_t fewest_origins_swept = 64;
constexpr std::chrono::minutes shortage_again{1};  ///< logs one line a minute

bool ended(const boost::system::error_code& error) {
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
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

/// Writes the request and reads its response over one connection.
asio::awaitable<void> exchange(HttpConnection& connection, bool tls, std::string_view head,
                               std::string_view body, AttemptDeadline& deadline, ResponseParser& answer,
                               Exchange& result) {
    const Waiting waiting(deadline, connection);
    boost::system::error_code write_error;
    if (!connection.try_write(head, body, &write_error)) co_await connection.finish_write(&write_error);
    // A receiver may respond before it has read a large body, and close or stop reading: so the response is
    // read after a failed write, too.
    if (!deadline.cut_short() || connection.has_early_answer())
        co_await read_answer(connection, answer, result);
    result.answered = answer.status() != 0;
    result.got_some = answer.began();
    result.wanted_certificate = connection.wanted_certificate();
    if (result.answered) {
        result.keep = !write_error && !result.left_over && answer.keep_alive() && !deadline.cut_short();
    } else if (deadline.cut_short()) {
        result.error = deadline.cut_short_by();
    } else if (write_error) {
        result.error = "write: " + connection.explain(write_error);
    } else if (!tls && result.error == "answer: connection closed") {
        result.error += ": does the port want https://?";
    }
}

std::shared_ptr<link::TlsClient> make_system_tls() {
    std::string problem;
    auto client = link::TlsClient::make({}, nullptr, &problem);
    if (!client) throw std::runtime_error(problem);
    return client;
}

}  // namespace

Transport::Transport(asio::any_io_executor executor, TransportOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      deadlines_(std::make_shared<link::Deadlines>(executor_)),
      resolver_(executor_, options_.look_up),
      connector_(executor_),
      system_tls_(make_system_tls()),
      sweeper_(executor_),
      limits_(std::make_shared<IdleLimits>()),
      sweep_origins_at_(fewest_origins_swept) {
    if (!options_.guard) options_.guard = AddressGuard::nowhere();
    if (options_.proxy) proxy_literal_ = link::Resolver::literal(options_.proxy->host);
    limits_->per_origin = options_.max_idle_per_origin;
}

std::shared_ptr<link::TlsClient> Transport::tls_client(const endpoint::Tls& texts, std::string* problem) {
    if (texts == endpoint::Tls{}) return system_tls_;
    std::erase_if(tls_clients_, [](const auto& entry) { return entry.second.expired(); });
    auto& known =
        tls_clients_[endpoint::digest_of_texts({texts.ca, texts.cert, texts.key, texts.verify ? "1" : "0"})];
    auto client = known.lock();
    if (!client) known = client = link::TlsClient::make(texts, system_tls_.get(), problem);
    return client;
}

/// Drops unused origins only when the table has doubled: a scan for each endpoint would block the loop for
/// seconds when thousands of endpoints are prepared at once.
void Transport::drop_unused_origins() {
    if (origins_.size() < sweep_origins_at_) return;
    std::erase_if(origins_, [](const auto& entry) { return entry.second.expired(); });
    sweep_origins_at_ = std::max(fewest_origins_swept, 2 * origins_.size());
}

std::shared_ptr<Origin> Transport::origin_of(const endpoint::Url& url, bool allow_private,
                                             std::shared_ptr<link::TlsClient> tls,
                                             const std::string& isolation) {
    drop_unused_origins();
    auto& known = origins_[{url.tls, url.host, url.port, allow_private, isolation}];
    auto origin = known.lock();
    if (origin) return origin;
    link::Connector::Place place{url.host, url.port, nullptr, nullptr};
    if (url.tls) {
        place.tls = std::move(tls);
        place.sessions = std::make_shared<link::TlsSessions>();
    }
    known = origin = std::make_shared<Origin>(std::move(place), allow_private, limits_);
    return origin;
}

void Transport::sweep_later() {
    if (sweeping_ || stopped()) return;
    sweeping_ = true;
    sweeper_.expires_after(sweep_interval);
    sweeper_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!self) return;
        self->sweeping_ = false;
        if (error) return;
        const auto now = Clock::now();
        for (const auto& [key, known] : self->origins_) {
            if (const auto origin = known.lock())
                origin->sweep(now, origin->literal ? nullptr : self->resolver_.last(origin->host()).get());
        }
        if (self->limits_->held > 0) self->sweep_later();
    });
}

void Transport::stop() {
    deadlines_->stop();
    resolver_.close();
    sweeper_.cancel();
    close_idle();
}

void Transport::close_idle() {
    for (const auto& [key, known] : origins_) {
        if (const auto origin = known.lock()) origin->clear();
    }
}

asio::awaitable<std::shared_ptr<const Addresses>> Transport::find(const std::string& host,
                                                                  AttemptDeadline& deadline,
                                                                  std::string* error) {
    if (auto addresses = resolver_.ready(host)) co_return addresses;
    link::Resolver::Answer answer = co_await resolver_.resolve(host, deadline);
    if (!answer.addresses) *error = "resolve: " + answer.error;
    co_return answer.addresses;
}

/// Connects to the addresses that the guard allows. The proxy's own is the operator's choice.
asio::awaitable<Transport::ConnectionPtr> Transport::open(const Origin& origin, const Addresses& addresses,
                                                          AttemptDeadline& deadline, Exchange& result) {
    Addresses allowed = addresses;
    std::erase_if(allowed, [&](const asio::ip::address& address) {
        return !options_.guard->allows(address, origin.allow_private);
    });
    if (allowed.empty()) {
        result.error = "address " + addresses.front().to_string() + " is not allowed";
        co_return nullptr;
    }
    std::shared_ptr<const Addresses> proxy = proxy_literal_;
    std::optional<link::Connector::Through> through;
    if (options_.proxy && !proxy) {
        const auto limit = deadline.step;
        proxy = co_await find(options_.proxy->host, deadline, &result.error);
        deadline.step = limit;
        if (!proxy) {
            result.error = "proxy " + options_.proxy->host + ": " + result.error;
            co_return nullptr;
        }
    }
    if (proxy) through.emplace(link::Connector::Through{*options_.proxy, *proxy});
    auto outcome = co_await connector_.open(origin.place, std::move(allowed), deadline, through);
    result.error = std::move(outcome.error);
    if (outcome.connection) co_return std::move(outcome.connection);
    resolver_.doubt(origin.host());
    if (options_.proxy) resolver_.doubt(options_.proxy->host);
    if (outcome.shortage) {
        result.no_resources = true;
        ran_short(outcome.shortage);
    }
    co_return nullptr;
}

/// Closes idle connections to free descriptors, and logs the shortage.
void Transport::ran_short(const boost::system::error_code& shortage) {
    close_idle();
    const auto now = Clock::now();
    if (now < log_shortage_at_) return;
    log_shortage_at_ = now + shortage_again;
    spdlog::error(
        "cannot connect: {}; deliveries wait: raise the limit of the system, or lower \"max_inflight\"",
        link::describe(shortage));
}

void Transport::give_back(Origin& origin, ConnectionPtr connection) {
    if (stopped()) return;
    origin.give(std::move(connection), Clock::now());
    sweep_later();
}

asio::awaitable<Transport::ConnectionPtr> Transport::connect(Origin& origin,
                                                             std::shared_ptr<const Addresses> addresses,
                                                             AttemptDeadline& deadline, Exchange& result) {
    if (!addresses) addresses = co_await find(origin.host(), deadline, &result.error);
    if (!addresses) co_return nullptr;
    co_return co_await open(origin, *addresses, deadline, result);
}

asio::awaitable<Exchange> Transport::request(Origin& origin, std::string_view head, std::string_view body,
                                             Clock::duration connect_timeout, AttemptDeadline& deadline,
                                             std::optional<ResponseParser>& answer) {
    for (bool may_be_stale = true;; may_be_stale = false) {
        Exchange result;
        const auto began = Clock::now();
        deadline.step = std::min(began + connect_timeout, deadline.limit());
        auto addresses = origin.literal ? origin.literal : resolver_.ready(origin.host());
        ConnectionPtr connection = may_be_stale && addresses ? origin.take(began, *addresses) : nullptr;
        const bool kept = connection != nullptr;
        if (!kept) connection = co_await connect(origin, std::move(addresses), deadline, result);
        deadline.step = Clock::time_point::max();
        if (!connection) {
            if (deadline.stopped) result.error = "stopped";
            co_return result;
        }
        answer.emplace();
        if (head.starts_with("HEAD ")) answer->expect_no_body();
        co_await exchange(*connection, origin.place.tls != nullptr, head, body, deadline, *answer, result);
        if (result.keep) give_back(origin, std::move(connection));
        const bool stale = kept && !result.answered && !result.got_some && !deadline.cut_short() &&
                           Clock::now() - began < stale_within;
        if (!stale) co_return result;
    }
}

}  // namespace webhook::worker
