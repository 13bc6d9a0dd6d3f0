// What operators and receivers hand to the worker: documents, URLs, answers.

#include "endpoint/document.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"
#include "endpoint/field_reader.hpp"
#include "endpoint/url.hpp"
#include "store/redis_address.hpp"
#include "t/fuzz/target.hpp"
#include "worker/send/response_parser.hpp"
#include "worker/settings.hpp"

namespace webhook::fuzz {

namespace {

// What is taken is printed so that it is taken again, and says the same.
void documents(std::string_view input) {
    std::vector<endpoint::FieldError> errors;
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
    if (url) REQUIRE(!url->host.empty() && url->port != 0);
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

// An HTTP answer as from a socket: whole and byte by byte come to the same, within the limits.
void answers(std::string_view input) {
    const auto judged = [input](std::size_t piece, worker::Attempt* attempt) {
        worker::ResponseParser answer;
        std::size_t taken = 0;
        for (std::size_t at = 0; at < input.size() && !answer.ended(); at += piece)
            taken += answer.put(input.substr(at, piece));
        answer.put_end();
        REQUIRE(answer.ended() && answer.whole() == answer.error().empty());
        REQUIRE(!answer.keep_alive() || (answer.whole() && answer.status() != 0));
        answer.judge({}, nullptr, 1700000000000, attempt);
        REQUIRE(attempt->response.size() <= worker::ResponseParser::max_kept);
        return std::to_string(taken) + answer.error() + (answer.keep_alive() ? "k" : "") +
               std::to_string(attempt->status) + attempt->response + (attempt->disable ? "d" : "");
    };
    worker::Attempt whole, cut;
    const std::string verdict = judged(std::max<std::size_t>(input.size(), 1), &whole);
    REQUIRE(judged(1, &cut) == verdict && judged(7, &cut) == verdict);
}

std::vector<std::string> answer_seeds() {
    return {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 503 x\r\nRetry-After: 120\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 410 Gone\r\nwebhook-delivery: disable\r\n\r\n",
        "HTTP/1.1 200\nConnection: keep-alive;timeout=5\nContent-Length: 1\nContent-Length: 2\n fold\n\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2;ext=1\r\nab\r\n0\r\nTrailer: "
        "x\r\n\r\nmore",
        "HTTP/1.0 200 OK\r\n\r\n"};
}

}  // namespace

std::vector<Target> outgoing_targets() {
    return {{"documents", documents, document_seeds},
            {"urls", urls, url_seeds},
            {"answers", answers, answer_seeds}};
}

}  // namespace webhook::fuzz
