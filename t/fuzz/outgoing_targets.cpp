// What operators and receivers hand to the worker: documents, URLs, answers.

#include "endpoint/document.hpp"
#include "endpoint/url.hpp"
#include "store/redis_address.hpp"
#include "target.hpp"
#include "worker/answer.hpp"
#include "worker/settings.hpp"

namespace webhook::fuzz {

namespace {

// What is taken is printed so that it is taken again, and says the same.
void documents(std::string_view input) {
    std::vector<endpoint::Error> errors;
    const auto documents = endpoint::parse_file(input, &errors);
    REQUIRE(documents.has_value() == errors.empty());
    if (!documents) return;
    for (const auto& document : *documents) {
        const std::string text = endpoint::to_json(document);
        const auto again = endpoint::parse_document(text, &errors);
        REQUIRE(again.has_value());
        REQUIRE(endpoint::to_json(*again) == text);
        // What is redacted is taken again, too, and comes back whole.
        auto redacted = endpoint::parse_document(endpoint::to_redacted_json(document, "key"), &errors);
        REQUIRE(redacted.has_value());
        REQUIRE(endpoint::restore_redacted(&*redacted, &document, "key", &errors));
        REQUIRE(endpoint::to_json(*redacted) == text);
    }
}

std::vector<std::string> document_seeds() {
    return {
        R"([{"id":"crm","url":"https://crm.example.com/hooks/{source}?id={/data/id}","match":{"source":["stripe"],"type":["order.*"]},
"headers":{"X-Api-Key":"secret:crm-key"},"sign":[{"scheme":"standard","secrets":["secret:crm"]}],"success":[200,201],
"timeout":"15s","retry":{"schedule":["5s","5m"],"jitter":0.2},"concurrency":4,"max_waiting_bytes":"256m","paused":true}])",
        R"({"endpoints":[{"id":"a","url":"http://[::1]:80/"},{"id":"a","url":"ftp://x"}]} // comment)",
        R"([{"id":"u","url":"https://h/a;s=1/0123456789012345678x/?t=x&{type}&n;m=a{id}","headers":{"X-Stage":"live"}}])",
        "[{}]", "null"};
}

void urls(std::string_view input) {
    std::string error;
    const auto url = endpoint::parse_url(input, &error);
    REQUIRE(url.has_value() == error.empty());
    if (url) REQUIRE(!url->host.empty() && !url->target.empty() && url->port != 0);
    error.clear();
    const auto redis = store::parse_redis_url(input, &error);
    REQUIRE(redis.has_value() || !error.empty());
    (void)worker::parse_retry_after(input, 1700000000000);
    std::vector<std::string> problems;
    if (!worker::parse_settings(input, &problems)) REQUIRE(!problems.empty());
}

std::vector<std::string> url_seeds() {
    return {"https://user@host/",
            "http://[::ffff:127.0.0.1]:8080/a?b={query.x}",
            "https://EXAMPLE.com:443/{/a~1b}#f",
            "redis://u:p%40@h:6379/3",
            "unix:/run/redis.sock:2",
            "Fri, 31 Dec 1999 23:59:59 GMT",
            "120",
            R"({"redis":"unix:/x","streams":[{"name":"a","partitions":8}],"allow_private":["10.0.0.0/8"]})"};
}

// An HTTP answer in two pieces, as from a socket.
void answers(std::string_view input) {
    namespace asio = boost::asio;
    worker::Answer answer;
    boost::beast::error_code error;
    answer.eager(true);
    std::string buffer;
    const std::size_t cut = input.size() / 2;
    for (const std::string_view piece : {input.substr(0, cut), input.substr(cut)}) {
        buffer.append(piece);
        while (!buffer.empty() && !answer.is_done()) {
            const std::size_t taken = answer.put(asio::buffer(buffer), error);
            buffer.erase(0, taken);
            if (error || taken == 0) break;
        }
        if (error && error != boost::beast::http::error::need_more) return;
    }
    worker::Attempt attempt;
    answer.judge({}, 1700000000000, &attempt);
    REQUIRE(attempt.response.size() <= worker::Answer::max_kept);
}

std::vector<std::string> answer_seeds() {
    return {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 503 x\r\nRetry-After: 120\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 410 Gone\r\nwebhook-delivery: disable\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\n"};
}

}  // namespace

std::vector<Target> outgoing_targets() {
    return {{"documents", documents, document_seeds},
            {"urls", urls, url_seeds},
            {"answers", answers, answer_seeds}};
}

}  // namespace webhook::fuzz
