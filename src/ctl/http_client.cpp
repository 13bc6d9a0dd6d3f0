#include "ctl/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <charconv>
#include <optional>

#include "ctl/failure.hpp"
#include "event/text.hpp"
#include "event/version.hpp"

namespace webhook::ctl {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::use_awaitable;
using boost::system::system_error;

namespace {

constexpr std::size_t max_answer = 4U << 20U;

using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;
using Request = http::request<http::string_body>;

/// 1 to 65535, for a larger one would be cut down to another one.
void check_port(const std::string& port) {
    unsigned number = 0;
    const char* const end = port.data() + port.size();
    const auto [last, error] = std::from_chars(port.data(), end, number);
    if (error != std::errc() || last != end || number == 0 || number > 65535)
        throw Failure("the port in the URL is not a number from 1 to 65535");
}

void parse_authority(std::string_view text, Url* url) {
    if (text.find('@') != std::string_view::npos)
        throw Failure("user and password in a URL are not supported");
    std::string_view port;
    if (!text.empty() && text[0] == '[') {
        const auto close = text.find(']');
        if (close == std::string_view::npos) throw Failure("the URL has \"[\" without \"]\"");
        url->host = text.substr(1, close - 1);
        port = text.substr(close + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        url->host = text.substr(0, colon);
        port = text.substr(colon);
    }
    url->port = port.size() > 1 ? std::string(port.substr(1)) : url->tls ? "443" : "80";
    check_port(url->port);
    if (url->host.empty()) throw Failure("the URL has no host");
}

bool is_interim(unsigned status) {
    return status / 100 == 1 && status != 101;
}

Request make_request(const std::string& method, const std::string& target, const Headers& headers,
                     std::string body, const std::string& authority) {
    Request request;
    request.version(11);
    request.method_string(method);
    request.target(target);
    request.set(http::field::host, authority);
    request.set(http::field::user_agent, "webhookctl/" + std::string(webhook::version));
    for (const auto& [name, value] : headers)
        request.insert(name, value);
    request.body() = std::move(body);
    // A body-less GET has no Content-Length; everything else states it, also zero.
    if (method != "GET" || !request.body().empty()) request.content_length(request.body().size());
    return request;
}

}  // namespace

std::string Url::authority() const {
    const bool default_port = port == (tls ? "443" : "80");
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return default_port ? name : name + ":" + port;
}

Url parse_url(std::string_view text) {
    Url url;
    if (event::take_prefix(&text, "https://")) {
        url.tls = true;
    } else if (!event::take_prefix(&text, "http://")) {
        throw Failure("the URL must begin with http:// or https://");
    }
    text = text.substr(0, text.find('#'));
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; }))
        throw Failure("the URL has a space or control character: percent-encode it");
    const auto path = std::min(text.find_first_of("/?"), text.size());
    parse_authority(text.substr(0, path), &url);
    url.target = text.substr(path);
    if (url.target.empty() || url.target[0] != '/') url.target.insert(0, "/");
    return url;
}

struct HttpClient::Impl {
    asio::any_io_executor executor;
    Url url;
    HttpClientOptions options;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    std::unique_ptr<Plain> plain;
    std::unique_ptr<Secure> secure;
    beast::flat_buffer buffer;

    Impl(asio::any_io_executor executor_, Url url_, HttpClientOptions options_)
        : executor(std::move(executor_)), url(std::move(url_)), options(options_) {
        tls.set_default_verify_paths();
        tls.set_verify_mode(options.verify_certificate ? asio::ssl::verify_peer : asio::ssl::verify_none);
    }

    bool connected() const { return plain != nullptr || secure != nullptr; }

    void close() {
        plain.reset();
        secure.reset();
        buffer.clear();
    }

    asio::awaitable<void> connect() {
        asio::ip::tcp::resolver resolver(executor);
        const auto addresses = co_await resolver.async_resolve(url.host, url.port, use_awaitable);
        Plain stream(executor);
        stream.expires_after(options.timeout);
        co_await stream.async_connect(addresses, use_awaitable);
        stream.socket().set_option(asio::ip::tcp::no_delay(true));
        if (!url.tls) {
            plain = std::make_unique<Plain>(std::move(stream));
            co_return;
        }
        auto encrypted = std::make_unique<Secure>(std::move(stream), tls);
        if (options.verify_certificate)
            encrypted->set_verify_callback(asio::ssl::host_name_verification(url.host));
        SSL_set_tlsext_host_name(encrypted->native_handle(), url.host.c_str());
        co_await encrypted->async_handshake(asio::ssl::stream_base::client, use_awaitable);
        secure = std::move(encrypted);
    }

    template <typename Stream>
    asio::awaitable<HttpAnswer> exchange(Stream& stream, Request& request) {
        beast::get_lowest_layer(stream).expires_after(options.timeout);
        co_await http::async_write(stream, request, use_awaitable);
        std::optional<http::response_parser<http::string_body>> parser;
        do {  // what says 1xx (Early Hints) is not the answer yet
            parser.emplace();
            parser->body_limit(max_answer);
            co_await http::async_read(stream, buffer, *parser, use_awaitable);
        } while (is_interim(parser->get().result_int()));
        HttpAnswer answer;
        answer.status = static_cast<int>(parser->get().result_int());
        answer.body = std::move(parser->get().body());
        if (!parser->keep_alive()) close();
        co_return answer;
    }

    asio::awaitable<HttpAnswer> attempt(Request& request) {
        if (!connected()) co_await connect();
        if (secure) co_return co_await exchange(*secure, request);
        co_return co_await exchange(*plain, request);
    }

    std::string explain(const system_error& error) const {
        const auto& code = error.code();
        const std::string text = code == beast::error::timeout ? "timed out" : code.message();
        return fmt::format("{}: {}", url.authority(), text);
    }
};

HttpClient::HttpClient(asio::any_io_executor executor, Url url, HttpClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(url), options)) {}

HttpClient::~HttpClient() = default;

asio::awaitable<HttpAnswer> HttpClient::send(std::string method, std::string target, Headers headers,
                                             std::string body) {
    Request request = make_request(method, target, headers, std::move(body), impl_->url.authority());
    // A server may close an idle connection at any time: that is no answer, so such a request goes out once
    // more.
    for (bool reused = impl_->connected();; reused = false) {
        const auto start = std::chrono::steady_clock::now();
        HttpAnswer answer;
        try {
            answer = co_await impl_->attempt(request);
        } catch (const system_error& error) {
            impl_->close();
            const bool closed = error.code() == http::error::end_of_stream ||
                                error.code() == asio::error::connection_reset ||
                                error.code() == asio::error::broken_pipe;
            if (reused && closed) continue;
            answer.error = impl_->explain(error);
        }
        answer.took =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
        co_return answer;
    }
}

}  // namespace webhook::ctl
