#include <fmt/format.h>

#include <memory>

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/url.hpp"
#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/http_server.hpp"
#include "ctl/input.hpp"
#include "ctl/message.hpp"
#include "ctl/output.hpp"
#include "ctl/recent_ids.hpp"
#include "ctl/signing.hpp"
#include "ctl/time.hpp"
#include "endpoint/units.hpp"
#include "signature/verify/verifier.hpp"

namespace webhook::ctl {

namespace {

struct ListenOptions {
    std::string address = "127.0.0.1", scheme = "standard", delay = "0s", url;
    unsigned short port = 9000;
    std::vector<std::string> secrets;
    int status = 200;
    std::size_t count = 0;
    bool quiet = false, verbose = false;
};

/// Result of one delivery.
struct Arrival {
    std::string webhook_id, id, type, source, signature, reason;
    bool repeat = false;
};

/// Prints what arrives, and checks its signature where a secret was given.
class Receiver {
  public:
    Receiver(const Context& context, const ListenOptions& options)
        : context_(context), options_(options), scheme_(known_schemes().find(options.scheme)) {
        if (scheme_ == nullptr) throw no_scheme(options.scheme);
        if (options.secrets.empty()) return;
        signature::VerifierOptions verifier;
        for (const auto& secret : options.secrets)
            verifier.secrets.push_back(read_secret(secret));
        std::string error;
        verifier_ = signature::Verifier::make(*scheme_, verifier, &error);
        if (!verifier_) throw Failure(error);
        warn_of_weakness(verifier_->weakness());
    }

    void arrived(const Message& message, const Headers& headers, const std::string& path) {
        const Arrival arrival = look_at(message);
        if (options_.quiet) return;
        if (context_.json) {
            print_json(arrival_json(arrival, message, headers, path));
        } else {
            print_line(arrival_text(arrival, message, path));
            if (options_.verbose) show_whole(message, headers);
        }
    }

  private:
    Arrival look_at(const Message& message) {
        const auto value = [&message](const char* name) { return std::string(message.header(name).value); };
        Arrival arrival{
            value("webhook-id"), value("ce-id"), value("ce-type"), value("ce-source"), {}, {}, false};
        // Several endpoints may deliver one event here: a repeat is one to the same path.
        const std::string target(base::split_url(message.url).path);
        arrival.repeat = !arrival.webhook_id.empty() && !seen_.insert(arrival.webhook_id + " " + target);
        if (arrival.type.empty() && !message.bytes().empty())
            arrival.type = identify(*scheme_, message, {}).type;
        if (!verifier_) return arrival;
        const signature::Outcome outcome = verifier_->check(message, base::now_ms());
        arrival.signature = verdict_name(outcome.verdict);
        arrival.reason = outcome.reason;
        return arrival;
    }

    std::string arrival_text(const Arrival& arrival, const Message& message, const std::string& path) const {
        std::string text = fmt::format("{}  {} {}", base::format_rfc3339_ms(base::now_ms()),
                                       printable(message.method), printable(path));
        const auto add = [&text](const char* name, const std::string& value) {
            if (!value.empty()) text += fmt::format("  {}={}", name, printable(value));
        };
        add("webhook-id", arrival.webhook_id);
        add("source", arrival.source);
        add("type", arrival.type);
        add("id", arrival.id);
        add("signature", arrival.signature);
        if (arrival.signature != "accepted") add("reason", arrival.reason);
        add("size", format_bytes(message.bytes().size()));
        return arrival.repeat ? text + "  (repeat)" : text;
    }

    Json arrival_json(const Arrival& arrival, const Message& message, const Headers& headers,
                      const std::string& path) const {
        Json json{{"at", base::now_ms()},
                  {"method", message.method},
                  {"path", path},
                  {"status", options_.status},
                  {"webhook_id", arrival.webhook_id},
                  {"source", arrival.source},
                  {"type", arrival.type},
                  {"id", arrival.id}};
        if (!arrival.signature.empty()) json["signature"] = arrival.signature;
        if (arrival.signature != "accepted" && !arrival.reason.empty()) json["reason"] = arrival.reason;
        json["repeat"] = arrival.repeat;
        json["headers"] = Json::object();
        for (const auto& [name, value] : headers)
            json["headers"][base::lower(name)] = value;
        const std::string& body = message.bytes();
        json[is_text(body) ? "body" : "body_base64"] = is_text(body) ? body : base64(body);
        return json;
    }

    static void show_whole(const Message& message, const Headers& headers) {
        for (const auto& [name, value] : headers)
            print_line(fmt::format("    {}: {}", printable(name), printable(value)));
        const std::string& body = message.bytes();
        if (body.empty()) return;
        print("\n");
        print_line(is_text(body) ? printable_text(body)
                                 : fmt::format("({} bytes that are no text)", body.size()));
        print("\n");
    }

    const Context& context_;
    const ListenOptions& options_;
    const signature::Scheme* scheme_;
    std::unique_ptr<signature::Verifier> verifier_;
    RecentIds seen_{100000};
};

int run_listen(const Context& context, const ListenOptions& options) {
    const auto delay = endpoint::parse_time(options.delay);
    if (!delay) throw Failure("--delay wants a time (250ms, 2s)");
    Receiver receiver(context, options);
    HttpServerOptions server{options.address, options.port, options.status, *delay, options.count};
    server.listening = [&context](const std::string& url) {
        if (context.json) {
            print_json({{"listening", url}});
        } else {
            print_line("listening on " + url + " (Ctrl-C ends it)");
        }
    };
    std::size_t total = 0;
    server.arrived = [&](HttpArrival arrival) {
        ++total;
        const std::string path = arrival.target;
        const std::string url = options.url.empty() ? arrival.url : options.url + arrival.target;
        const Message message(std::move(arrival.method), url, arrival.headers, std::move(arrival.body));
        receiver.arrived(message, arrival.headers, path);
    };
    serve_http(server);
    if (!context.json) print_line(fmt::format("{} deliveries", total));
    return exit_yes;
}

}  // namespace

void add_listen_command(Command& program) {
    auto options = std::make_shared<ListenOptions>();
    program
        .add("listen", "Receive deliveries and print what arrives",
             "One line per delivery; (repeat) when its webhook-id has come to this path before.\n\n"
             "Examples:\n  webhookctl listen --port 9000 --secret file:/run/secrets/crm\n"
             "  webhookctl listen --status 500 --delay 2s --json | jq .headers")
        .option("-p,--port", &options->port, "Port (default 9000; 0: any free one)")
        .option("--address", &options->address, "Address to listen on (default 127.0.0.1)")
        .option("--scheme", &options->scheme, "How deliveries are signed (default: standard)")
        .option("--secret", &options->secrets,
                "Check the signature: file:/path, env:NAME or the value; repeatable")
        .option("--url", &options->url, "Public origin (https://...), for schemes that sign the URL")
        .option("--status", &options->status, "Answer with this status (default 200)")
        .range(100, 599)
        .option("--delay", &options->delay, "Wait before each answer (250ms, 2s)")
        .option("--count", &options->count, "End after this number of deliveries")
        .flag("-q,--quiet", &options->quiet, "Print no deliveries, only their number at the end")
        .flag("-v,--verbose", &options->verbose, "Print headers and bodies, too")
        .run(run_listen, options);
}

}  // namespace webhook::ctl
