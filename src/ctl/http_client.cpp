#include "ctl/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/url.hpp"
#include "base/version.hpp"
#include "ctl/failure.hpp"
#include "link/connector.hpp"
#include "link/http_reader.hpp"

namespace webhook::ctl {

namespace asio = boost::asio;
using link::AttemptDeadline;
using link::Clock;
using link::HttpConnection;

namespace {

void parse_authority(std::string_view text, Url* url) {
    if (text.find('@') != std::string_view::npos)
        throw Failure("user and password in a URL are not supported");
    base::HostPort parts;
    if (const char* problem = base::split_authority(text, &parts))
        throw Failure(std::string("the URL ") + problem);
    url->port = url->tls ? 443 : 80;
    if (!parts.port.empty() && !base::parse_port(parts.port, &url->port))
        throw Failure("the port in the URL is not a number from 1 to 65535");
    if (parts.host.empty()) throw Failure("the URL has no host");
    url->host = parts.host;
}

class ResponseParser final : public link::HttpReader {
  public:
    ResponseParser() : HttpReader(Kind::response, Limits{}) {}
    std::string body;

  private:
    void on_field(std::string_view /*name*/, std::string_view /*value*/) override {}
    void on_body(std::string_view bytes) override { body.append(bytes); }
};

/// A body-less GET has no Content-Length; everything else states it, also zero.
std::string make_head(const std::string& method, const std::string& target, const Headers& headers,
                      std::size_t body, const std::string& authority) {
    std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", method, target, authority);
    const bool own_agent = std::none_of(headers.begin(), headers.end(), [](const auto& header) {
        return base::equal_names(header.first, "user-agent");
    });
    if (own_agent) head += fmt::format("User-Agent: webhookctl/{}\r\n", webhook::version);
    for (const auto& [name, value] : headers)
        head += fmt::format("{}: {}\r\n", name, value);
    if (method != "GET" || body > 0) head += fmt::format("Content-Length: {}\r\n", body);
    return head + "\r\n";
}

std::shared_ptr<link::TlsClient> tls_client(bool verify) {
    std::string problem;
    auto client = link::TlsClient::make({{}, {}, {}, verify}, nullptr, &problem);
    if (!client) throw Failure(problem);
    return client;
}

}  // namespace

std::string Url::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

Url parse_url(std::string_view text) {
    Url url;
    const base::UrlParts parts = base::split_url(text);
    url.tls = parts.scheme == "https";
    if (!url.tls && parts.scheme != "http") throw Failure("the URL must begin with http:// or https://");
    text = text.substr(0, text.find('#'));
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; }))
        throw Failure("the URL has a space or control character: percent-encode it");
    parse_authority(parts.authority, &url);
    url.target = parts.target;
    if (url.target.empty() || url.target[0] != '/') url.target.insert(0, "/");
    return url;
}

struct HttpClient::Impl {
    HttpClientOptions options;
    Url url;
    link::Connector::Place place;
    std::shared_ptr<link::Deadlines> deadlines;
    link::Resolver dns;
    link::Connector connector;
    std::unique_ptr<HttpConnection> connection;

    Impl(const asio::any_io_executor& executor, Url url_, HttpClientOptions options_)
        : options(options_),
          url(std::move(url_)),
          place{url.host, url.port, url.tls ? tls_client(options.verify_certificate) : nullptr, nullptr},
          deadlines(std::make_shared<link::Deadlines>(executor)),
          dns(executor),
          connector(executor) {}

    asio::awaitable<std::string> connect() {
        AttemptDeadline flight(*deadlines, Clock::now() + options.timeout);
        flight.step = flight.limit();
        link::Resolver::Answer found{link::Resolver::literal(url.host), {}};
        if (!found.addresses) found = co_await dns.resolve(url.host, flight);
        if (!found.addresses) co_return "resolve: " + found.error;
        link::Addresses addresses = *found.addresses;
        auto outcome = co_await connector.open(place, std::move(addresses), flight);
        connection = std::move(outcome.connection);
        co_return outcome.error;
    }

    /// An error, or nothing. `stale`: not a byte came, for the server had closed the connection before.
    asio::awaitable<std::string> exchange(const std::string& head, const std::string& body,
                                          ResponseParser& answer, bool* stale) {
        AttemptDeadline flight(*deadlines, Clock::now() + options.timeout);
        const link::Waiting waiting(flight, *connection);
        boost::system::error_code error;
        if (!connection->try_write(head, body, &error)) co_await connection->finish_write(&error);
        if (head.starts_with("HEAD ")) answer.expect_no_body();
        bool left_over = false;
        while (!answer.ended() && (!flight.cut_short() || connection->has_early_answer())) {
            boost::system::error_code read_error;
            const std::string_view bytes = co_await connection->read(&read_error);
            left_over = answer.put(bytes) < bytes.size();
            if (!read_error) continue;
            if (!flight.cut_short()) answer.put_end();
            if (!error) error = read_error;
            break;
        }
        *stale = !answer.began() && !flight.cut_short();
        std::string failure;
        if (answer.status() == 0) {
            failure = flight.cut_short() ? "timed out"
                      : answer.began()   ? answer.error()
                                         : connection->explain(error);
        }
        if (error || left_over || !answer.keep_alive()) connection.reset();
        co_return failure;
    }

    /// A server may close an idle connection at any time: that is no answer, so such a request goes out once
    /// more.
    asio::awaitable<HttpAnswer> send(const std::string& head, const std::string& body) {
        HttpAnswer result;
        for (bool reused = connection != nullptr;; reused = false) {
            if (!connection) result.error = co_await connect();
            if (!connection) co_return result;
            ResponseParser answer;
            bool stale = false;
            result.error = co_await exchange(head, body, answer, &stale);
            if (reused && stale) continue;
            result.status = answer.status();
            result.body = std::move(answer.body);
            co_return result;
        }
    }
};

HttpClient::HttpClient(asio::any_io_executor executor, Url url, HttpClientOptions options)
    : impl_(std::make_unique<Impl>(executor, std::move(url), options)) {}

HttpClient::~HttpClient() = default;

asio::awaitable<HttpAnswer> HttpClient::send(std::string method, std::string target, Headers headers,
                                             std::string body) {
    const std::string head = make_head(method, target, headers, body.size(), impl_->url.authority());
    const auto start = Clock::now();
    HttpAnswer answer = co_await impl_->send(head, body);
    if (!answer.error.empty()) answer.error = fmt::format("{}: {}", impl_->url.authority(), answer.error);
    answer.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    co_return answer;
}

}  // namespace webhook::ctl
