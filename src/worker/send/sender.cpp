#include "worker/send/sender.hpp"

#include <map>
#include <stdexcept>

#include "base/time.hpp"
#include "endpoint/stored_values.hpp"
#include "worker/send/hops.hpp"
#include "worker/send/prepared_endpoint.hpp"
#include "worker/send/response_parser.hpp"
#include "worker/send/scratch_buffer.hpp"
#include "worker/send/token_source.hpp"
#include "worker/send/transport.hpp"

namespace webhook::worker {
namespace {

namespace asio = boost::asio;
using link::AttemptDeadline;
using PreparedEndpointPtr = std::shared_ptr<const PreparedEndpoint>;
using EventPtr = std::shared_ptr<const Event>;
using endpoint::OutgoingRequest;

/// Is what one attempt sends.
struct Job {
    const PreparedEndpoint& endpoint;
    const Event& event;
    const endpoint::DeliveryFacts& facts;
    std::string_view hops;
};

std::string received_hops(const Event& event) {
    const bool kept = event.field("headers").find("ebhook-") != std::string_view::npos;
    return kept ? endpoint::kept_header(event, "webhook-hops") : std::string();
}

/// Adds a hint to a rejection that is probably caused by TLS: https:// for http://, or a client certificate.
void add_hint(const PreparedEndpoint& endpoint, const Exchange& result, Attempt& attempt) {
    if (attempt.status < 400 || attempt.status > 499 || attempt.result != Attempt::Result::failed) return;
    const auto says = [&](const char* text) { return attempt.response.find(text) != std::string::npos; };
    if (result.wanted_certificate) {
        attempt.error += ": the server asked for a client certificate, and there is none to give";
    } else if (attempt.status == 400 && !endpoint.url().tls &&
               (says("HTTPS port") || says("HTTPS server") || says("SSL-enabled server port"))) {
        attempt.error += ": the port wants https://";
    }
}

}  // namespace

struct Sender::Impl : std::enable_shared_from_this<Sender::Impl> {
    Impl(asio::any_io_executor executor, SenderOptions options_)
        : options(std::move(options_)),
          transport(std::make_shared<Transport>(
              std::move(executor),
              TransportOptions{options.guard, options.max_idle_per_origin, options.proxy, options.look_up})),
          hops(options.key) {}

    SenderOptions options;
    std::shared_ptr<Transport> transport;
    std::map<std::string, std::weak_ptr<TokenSource>> token_sources;
    std::vector<std::string> spare_heads;
    Hops hops;

    void connect(PreparedEndpoint& endpoint);
    std::shared_ptr<TokenSource> token_source(const PreparedEndpoint& endpoint,
                                              const std::shared_ptr<link::TlsClient>& tls);
    asio::awaitable<void> deliver(const Job& job, AttemptDeadline& deadline, Attempt& attempt);
    asio::awaitable<void> deliver_with_token(const Job& job, AttemptDeadline& deadline, Attempt& attempt);
    asio::awaitable<void> send(const Job& job, std::string_view authorization, AttemptDeadline& deadline,
                               Attempt& attempt);
    asio::awaitable<void> exchange(const Job& job, const OutgoingRequest& request, AttemptDeadline& deadline,
                                   Attempt& attempt);

    /// Makes an attempt; keeps sender, endpoint and event alive while it runs.
    static asio::awaitable<Attempt> run(std::shared_ptr<Impl> self, PreparedEndpointPtr endpoint,
                                        EventPtr event, endpoint::DeliveryFacts facts);
};

/// Gives a prepared endpoint the means to send.
void Sender::Impl::connect(PreparedEndpoint& endpoint) {
    std::string problem;
    const auto tls = transport->tls_client(endpoint.tls(), &problem);
    if (!tls) return endpoint.refuse(problem);
    endpoint.add_warning(tls->warning());
    const bool allow_private = endpoint.document().allow_private;
    endpoint.origin = transport->origin_of(endpoint.url(), allow_private, tls, endpoint.isolation());
    if (endpoint.auth().kind == endpoint::Auth::Kind::oauth2) endpoint.tokens = token_source(endpoint, tls);
}

std::shared_ptr<TokenSource> Sender::Impl::token_source(const PreparedEndpoint& endpoint,
                                                        const std::shared_ptr<link::TlsClient>& tls) {
    const endpoint::Auth& auth = endpoint.auth();
    const bool allow_private = endpoint.document().allow_private;
    std::erase_if(token_sources, [](const auto& entry) { return entry.second.expired(); });
    auto& known = token_sources[endpoint.isolation() + (allow_private ? "1" : "0")];
    auto source = known.lock();
    if (source) return source;
    std::string error;
    const auto url = endpoint::parse_url(auth.token_url, &error);
    if (!url) throw std::runtime_error(error);
    auto origin = transport->origin_of(*url, allow_private, tls, endpoint.isolation());
    known = source = std::make_shared<TokenSource>(transport, std::move(origin), *url, auth);
    return source;
}

/// Sends the event once. Secrets do not stay in what is kept of the response.
asio::awaitable<void> Sender::Impl::send(const Job& job, std::string_view authorization,
                                         AttemptDeadline& deadline, Attempt& attempt) {
    ScratchBuffer head(spare_heads);
    OutgoingRequest request;
    request.head.swap(head.text);
    auto problem =
        job.endpoint.build(job.event, job.facts, job.hops, authorization, attempt.started_ms, &request);
    if (problem) {
        attempt.result = problem->unfilled ? Attempt::Result::unfilled : Attempt::Result::aborted;
        attempt.error = std::move(problem->what);
    } else {
        co_await exchange(job, request, deadline, attempt);
        job.endpoint.mask(request, &attempt.response);
        job.endpoint.mask(request, &attempt.headers);
    }
    job.endpoint.mask(request, &attempt.error);
    request.head.swap(head.text);
}

asio::awaitable<void> Sender::Impl::exchange(const Job& job, const OutgoingRequest& request,
                                             AttemptDeadline& deadline, Attempt& attempt) {
    const PreparedEndpoint& endpoint = job.endpoint;
    std::optional<ResponseParser> answer;
    Exchange result = co_await transport->request(*endpoint.origin, request.head, request.body,
                                                  endpoint.document().connect_timeout, deadline, answer);
    if (result.answered) {
        answer->judge(endpoint.document(), endpoint.success_where(), base::now_ms(), &attempt);
        add_hint(endpoint, result, attempt);
    } else {
        attempt.error = std::move(result.error);
        if (result.no_resources) attempt.result = Attempt::Result::not_ready;
    }
}

/// Sends the event with a token. If the receiver rejects the token, sends it once more with another one.
asio::awaitable<void> Sender::Impl::deliver_with_token(const Job& job, AttemptDeadline& deadline,
                                                       Attempt& attempt) {
    TokenSource& tokens = *job.endpoint.tokens;
    Token token = tokens.ready();
    if (!token) token = co_await tokens.get(deadline, &attempt.error);
    if (!token) co_return;
    co_await send(job, *token, deadline, attempt);
    if (attempt.status != 401 || attempt.result != Attempt::Result::failed || deadline.cut_short()) co_return;
    std::string error;
    token = co_await tokens.replace(token, deadline, &error);
    if (!error.empty()) attempt.error += "; " + error;
    if (!token) co_return;
    Attempt again;
    again.started_ms = attempt.started_ms;
    attempt = std::move(again);
    co_await send(job, *token, deadline, attempt);
}

asio::awaitable<void> Sender::Impl::deliver(const Job& job, AttemptDeadline& deadline, Attempt& attempt) {
    return job.endpoint.tokens ? deliver_with_token(job, deadline, attempt)
                               : send(job, {}, deadline, attempt);
}

asio::awaitable<Attempt> Sender::Impl::run(std::shared_ptr<Impl> self, PreparedEndpointPtr endpoint,
                                           EventPtr event, endpoint::DeliveryFacts facts) {
    const auto began = Clock::now();
    Attempt attempt;
    attempt.started_ms = base::now_ms();
    if (facts.created_ms == 0) facts.created_ms = attempt.started_ms;
    const Hops::Passage passage = self->hops.pass(received_hops(*event));
    if (!endpoint->ready()) {
        attempt.result = Attempt::Result::not_ready;
        attempt.error = endpoint->problem();
    } else if (passage.is_loop()) {
        attempt.result = Attempt::Result::aborted;
        attempt.error = "loop";
    } else if (self->transport->stopped()) {
        attempt.error = "stopped";
    } else {
        AttemptDeadline deadline(self->transport->deadlines(), began + endpoint->document().timeout);
        const Job job{*endpoint, *event, facts, passage.header};
        try {
            co_await self->deliver(job, deadline, attempt);
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
    impl_->transport->stop();
}

std::shared_ptr<const PreparedEndpoint> Sender::prepare(const endpoint::Document& document,
                                                        std::string* problem) {
    auto endpoint = std::make_shared<PreparedEndpoint>(
        document, endpoint::Secrets(impl_->options.secrets_dir), impl_->options.schemes);
    if (endpoint->ready()) impl_->connect(*endpoint);
    *problem = endpoint->problem();
    return endpoint;
}

asio::awaitable<Attempt> Sender::attempt(std::shared_ptr<const PreparedEndpoint> endpoint,
                                         std::shared_ptr<const Event> event, endpoint::DeliveryFacts facts) {
    return Impl::run(impl_, std::move(endpoint), std::move(event), facts);
}

}  // namespace webhook::worker
