#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "base/url.hpp"
#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/http_client.hpp"
#include "ctl/input.hpp"
#include "ctl/output.hpp"
#include "ctl/progress.hpp"
#include "ctl/sample.hpp"
#include "ctl/signing.hpp"
#include "ctl/table.hpp"
#include "endpoint/units.hpp"

namespace webhook::ctl {

namespace asio = boost::asio;

namespace {

struct SendOptions {
    SchemeOptions scheme;
    std::string target, signed_url, method, id, type = "test", clock, content_type, timeout = "30s";
    std::optional<std::string> data;
    bool insecure = false;
    std::vector<std::string> headers;
    std::size_t count = 1, concurrency = 1;
};

/// One request as the provider would send it.
struct Outgoing {
    std::string id, method, target, body;
    Headers headers;
};

bool has_header(const Headers& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& header) { return base::equal_names(header.first, name); });
}

/// Makes the requests of one command: what they have in common is prepared once.
class Composer {
  public:
    explicit Composer(const SendOptions& options)
        : options_(options),
          scheme_(require_scheme(options.scheme.name)),
          signer_(has_signature_in_body(scheme_) ? nullptr : make_signer(options.scheme)) {
        if (!signer_ && !options.data) {
            throw Failure(fmt::format(
                "scheme {}: the signature is a part of the body: give one that is signed, -d @FILE",
                options.scheme.name));
        }
        if (options.data) data_ = read_data(*options.data);
        for (const auto& header : options.headers)
            extra_.push_back(parse_header(header));
        base_id_ = options.id.empty() ? random_id() : options.id;
        method_ = options.method.empty() ? default_method() : options.method;
        if (!accepts_method(scheme_, method_)) {
            print_error(fmt::format("note: scheme {} accepts {} only", options.scheme.name,
                                    allowed_methods(scheme_)));
        }
    }

    Outgoing make(std::size_t number) const {
        Outgoing out;
        out.id = id(number);
        out.method = method_;
        out.body = body(out.id, number);
        const std::string base = options_.signed_url.empty() ? options_.target : options_.signed_url;
        const std::string url = method_ == "GET" ? sample_url(scheme_, base, out.id, options_.type) : base;
        const signature::Signed result = sign(out, url);
        out.target = target_of(result.url.empty() ? url : result.url);
        out.headers = headers(result.headers, out);
        return out;
    }

  private:
    /// POST where the sender has both, the fields in a form or in the query.
    std::string default_method() const {
        const bool in_query = is_query_scheme(scheme_) && !signs_form(scheme_) && !options_.data;
        return in_query ? "GET" : "POST";
    }

    std::string content_type() const {
        if (!options_.content_type.empty()) return options_.content_type;
        return signs_form(scheme_) ? "application/x-www-form-urlencoded" : "application/json";
    }

    std::string id(std::size_t number) const {
        if (options_.count == 1) return base_id_;
        const std::string numbered = with_number(base_id_, number);
        return numbered != base_id_ ? numbered : fmt::format("{}-{}", base_id_, number);
    }

    std::string body(const std::string& event_id, std::size_t number) const {
        if (options_.data) return options_.count == 1 ? data_ : with_number(data_, number);
        return method_ == "GET" ? std::string() : sample_body(scheme_, event_id, options_.type);
    }

    signature::Signed sign(const Outgoing& out, const std::string& url) const {
        if (!signer_) return {};
        signature::SignRequest request;
        request.id = out.id;
        request.type = options_.type;
        request.method = out.method;
        request.url = url;
        request.now_ms = clock_ms(options_.clock);
        return ctl::sign(*signer_, request, out.body);
    }

    /// The path of the target with the query that was signed: the public URL may have another host and path.
    std::string target_of(const std::string& url) const {
        const std::string target = parse_url(options_.target).target;
        const std::string_view query = base::query_of(url);
        const std::string path(base::split_url(target).path);
        return query.empty() ? path : path + "?" + std::string(query);
    }

    Headers headers(const Headers& signature, const Outgoing& out) const {
        Headers all = extra_;
        const auto add = [&all](const std::string& name, const std::string& value) {
            if (!name.empty() && !value.empty() && !has_header(all, name)) all.emplace_back(name, value);
        };
        for (const auto& [name, value] : signature)
            add(name, value);
        if (!out.body.empty()) add("Content-Type", content_type());
        add(header_source(id_sources(scheme_)), out.id);
        add(header_source(type_sources(scheme_)), options_.type);
        for (const auto& [name, value] : all) {
            if (value.find_first_of("\r\n") == std::string::npos) continue;
            throw Failure(fmt::format("the value of the header {} has a line break", name));
        }
        return all;
    }

    const SendOptions& options_;
    const signature::Scheme& scheme_;
    std::unique_ptr<signature::Signer> signer_;
    std::string data_, base_id_, method_;
    Headers extra_;
};

struct Sent {
    std::string id;
    HttpAnswer answer;

    bool refused() const { return answer.status < 200 || answer.status > 299; }
    std::string verdict() const { return text_of(parse_object(answer.body), "verdict"); }
    double milliseconds() const { return static_cast<double>(answer.took.count()) / 1000.0; }
};

class Run {
  public:
    Run(const SendOptions& options, const Composer& composer)
        : options_(options), composer_(composer), progress_("sent:", options.count) {
        const auto timeout = endpoint::parse_time(options.timeout);
        if (!timeout) throw Failure("--timeout wants a time (30s)");
        client_ = {*timeout, !options.insecure};
        url_ = parse_url(options.target);
    }

    std::vector<Sent> all() {
        asio::io_context loop(1);
        const std::size_t senders = std::min(options_.concurrency, options_.count);
        for (std::size_t i = 0; i < senders; ++i) {
            asio::co_spawn(loop, sender(loop.get_executor()), [](std::exception_ptr error) {
                if (error) std::rethrow_exception(error);
            });
        }
        loop.run();
        return std::move(sent_);
    }

  private:
    asio::awaitable<void> sender(asio::any_io_executor executor) {
        HttpClient client(executor, url_, client_);
        while (next_ < options_.count) {
            Outgoing out = composer_.make(++next_);
            HttpAnswer answer =
                co_await client.send(out.method, out.target, std::move(out.headers), std::move(out.body));
            sent_.push_back({std::move(out.id), std::move(answer)});
            progress_.advance();
        }
    }

    const SendOptions& options_;
    const Composer& composer_;
    Progress progress_;
    HttpClientOptions client_;
    Url url_;
    std::size_t next_ = 0;
    std::vector<Sent> sent_;
};

Json sent_json(const Sent& sent) {
    Json json{{"id", sent.id}, {"status", sent.answer.status}, {"ms", sent.milliseconds()}};
    if (!sent.answer.error.empty()) {
        json["error"] = sent.answer.error;
        return json;
    }
    if (const auto verdict = sent.verdict(); !verdict.empty()) json["verdict"] = verdict;
    json["body"] = sent.answer.body;
    return json;
}

void show_one(const Sent& sent) {
    if (!sent.answer.error.empty()) throw Failure(sent.answer.error);
    std::string_view body = sent.answer.body;
    while (!body.empty() && body.back() == '\n')
        body.remove_suffix(1);
    print_line(fmt::format("{}  {}  {:.1f} ms", sent.answer.status, printable(body), sent.milliseconds()));
}

void show_many(const std::vector<Sent>& all, double seconds) {
    std::map<std::pair<int, std::string>, std::size_t> kinds;
    std::vector<double> times;
    for (const auto& sent : all) {
        ++kinds[{sent.answer.status, sent.answer.error.empty() ? sent.verdict() : sent.answer.error}];
        times.push_back(sent.milliseconds());
    }
    std::sort(times.begin(), times.end());
    Table table({{"STATUS", true}, {"VERDICT"}, {"REQUESTS", true}});
    for (const auto& [kind, count] : kinds) {
        table.add({kind.first == 0 ? "" : std::to_string(kind.first), kind.second, std::to_string(count)});
    }
    print(table.text());
    const auto percentile = [&times](std::size_t percent) {
        return times[(times.size() - 1) * percent / 100];
    };
    print_line(
        fmt::format("{} requests in {:.2f} s, {:.0f}/s; median {:.1f} ms, 99% {:.1f} ms, longest {:.1f} ms",
                    all.size(), seconds, static_cast<double>(all.size()) / std::max(seconds, 1e-6),
                    percentile(50), percentile(99), times.back()));
}

int exit_code(const std::vector<Sent>& all) {
    if (std::any_of(all.begin(), all.end(), [](const auto& sent) { return !sent.answer.error.empty(); })) {
        return exit_error;
    }
    return std::any_of(all.begin(), all.end(), [](const auto& sent) { return sent.refused(); }) ? exit_no
                                                                                                : exit_yes;
}

int run_send(const Context& context, const SendOptions& options) {
    const Composer composer(options);
    const auto start = std::chrono::steady_clock::now();
    const std::vector<Sent> all = Run(options, composer).all();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (context.json) {
        for (const auto& sent : all)
            print_json(sent_json(sent));
    } else if (options.count == 1) {
        show_one(all.front());
    } else {
        show_many(all, took.count());
    }
    return exit_code(all);
}

}  // namespace

void add_send_command(Command& program) {
    auto options = std::make_shared<SendOptions>();
    Command command = program.add(
        "send", "Send a signed request as the provider would",
        "Prints status, answer and time. Exit 1 when it was refused (no 2xx), 2 when there was no answer.\n\n"
        "Examples:\n"
        "  webhookctl send --scheme stripe --secret file:/run/secrets/stripe --type invoice.paid \\\n"
        "      https://hooks.example.com/in/stripe\n"
        "  webhookctl send --scheme github --secret test -d @push.json --count 1000 --concurrency 8 \\\n"
        "      http://127.0.0.1:8080/github");
    add_scheme_options(command, &options->scheme);
    command.option("target", &options->target, "Where to send it: http:// or https://")
        .required()
        .option("-d,--data", &options->data, "Body: text, @FILE, or @- (default: a small event)")
        .option("--id", &options->id, "Event id (default: random)")
        .option("--type", &options->type, "Event type (default: test)")
        .option("--method", &options->method, "Method (default: POST; GET for postbacks without a body)")
        .option("-H,--header", &options->headers, "One more header: 'Name: value'; repeatable")
        .option("--content-type", &options->content_type,
                "Type of the body (default: application/json, or a form where the scheme signs one)")
        .option("--url", &options->signed_url, "The public URL to sign, when it is not the target")
        .option("--clock", &options->clock, "The time to sign with: Unix seconds or RFC 3339 (default: now)")
        .option("--count", &options->count, "How many requests; {n} in --id and --data is their number")
        .range(1)
        .option("--concurrency", &options->concurrency, "How many at once (default: 1)")
        .range(1)
        .option("--timeout", &options->timeout, "For connecting, and for each answer (default: 30s)")
        .flag("--insecure", &options->insecure, "Do not check the server's certificate")
        .run(run_send, options);
}

}  // namespace webhook::ctl
