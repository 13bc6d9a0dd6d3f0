#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/text.hpp"
#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/http_client.hpp"
#include "ctl/input.hpp"
#include "ctl/output.hpp"
#include "ctl/signing.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"
#include "endpoint/match_index.hpp"
#include "endpoint/request_builder.hpp"
#include "endpoint/response_values.hpp"
#include "endpoint/stored_values.hpp"

namespace webhook::ctl {
namespace {

namespace asio = boost::asio;
using endpoint::Document;
using endpoint::OutgoingRequest;
using endpoint::RequestBuilder;

struct TestOptions {
    std::string id, event_file, event_id, document_file, secrets_dir, clock;
    bool dry_run = false;
};

Document document_from_file(const TestOptions& options) {
    std::vector<endpoint::FieldError> errors;
    const std::string text = read_file(options.document_file);
    auto documents = endpoint::parse_file(text, &errors, {&known_schemes()});
    if (!documents) {
        std::vector<endpoint::FieldError> single;
        if (auto document = endpoint::parse_document(text, &single, {&known_schemes()}))
            documents.emplace({std::move(*document)});
    }
    if (!documents) throw Failure(options.document_file + ": " + describe(errors));
    for (const Document& document : *documents) {
        if (document.id == options.id) return document;
    }
    throw Failure(fmt::format("{} has no endpoint \"{}\"", options.document_file, options.id));
}

Document stored_document(const Context& context, const std::string& id) {
    Redis redis = context.connect();
    const Config config = read_config(redis);
    const auto found = config.documents.find(id);
    if (found == config.documents.end())
        throw Failure(fmt::format("there is no endpoint \"{}\" (webhookctl endpoint list)", id));
    auto document = read_document(found->second);
    if (!document) throw unreadable_endpoint(id);
    return std::move(*document);
}

ListedEvent event_of(const Context& context, const TestOptions& options) {
    if (!options.event_file.empty()) return event_from_json(read_file(options.event_file));
    Redis redis = context.connect();
    EventFilter filter;
    filter.name = options.event_id;
    auto found = find_events(redis, filter, 1);
    if (found.empty()) throw Failure(fmt::format("there is no event \"{}\"", options.event_id));
    return std::move(found.front());
}

/// One request with its parts apart.
struct Shown {
    std::string method, url, target, body;
    Headers headers;
};

Shown take_apart(const RequestBuilder& builder, const OutgoingRequest& request) {
    Shown shown;
    std::string_view head = request.head;
    const auto take = [&head](std::string_view end) {
        const std::string_view text = head.substr(0, head.find(end));
        head.remove_prefix(std::min(text.size() + end.size(), head.size()));
        return std::string(text);
    };
    shown.method = take(" ");
    shown.target = take(" ");
    take("\r\n");
    while (!base::starts_with(head, "\r\n") && !head.empty()) {
        std::string name = take(": ");
        shown.headers.emplace_back(std::move(name), take("\r\n"));
    }
    shown.url = (builder.url().tls ? "https://" : "http://") + builder.url().authority + shown.target;
    shown.body = std::string(request.body);
    return shown;
}

/// Replaces what a document keeps secret, by reference or as text.
void mask(const RequestBuilder& builder, const OutgoingRequest& request, Shown* shown) {
    const std::vector<std::string> literals = endpoint::secret_literals(builder.document());
    const auto mask_text = [&](std::string* text) {
        builder.mask(request, text);
        for (const std::string& literal : literals) {
            if (literal.size() < 4) continue;
            for (std::size_t at = text->find(literal); at != std::string::npos;
                 at = text->find(literal, at + 3))
                text->replace(at, literal.size(), "***");
        }
    };
    mask_text(&shown->url);
    mask_text(&shown->body);
    for (auto& [name, value] : shown->headers) {
        mask_text(&value);
        if (base::equal_names(name, "authorization")) value = value.substr(0, value.find(' ')) + " ***";
    }
}

void print_request(const Context& context, const Shown& shown) {
    if (context.json) {
        Json headers = Json::object();
        for (const auto& [name, value] : shown.headers)
            headers[name] = value;
        Json json{{"method", shown.method}, {"url", shown.url}, {"headers", std::move(headers)}};
        json[is_text(shown.body) ? "body" : "body_base64"] =
            is_text(shown.body) ? shown.body : base64(shown.body);
        print_json(json);
        return;
    }
    print_line(shown.method + " " + shown.url);
    for (const auto& [name, value] : shown.headers)
        print_line(name + ": " + value);
    if (shown.body.empty()) return;
    print_line("");
    print_line(is_text(shown.body) ? shown.body
                                   : fmt::format("({} bytes that are no text)", shown.body.size()));
}

HttpAnswer send(const RequestBuilder& builder, const Shown& shown) {
    Headers headers;
    for (const auto& header : shown.headers) {
        if (header.first != "host" && header.first != "content-length") headers.push_back(header);
    }
    asio::io_context loop(1);
    HttpAnswer answer;
    HttpClient client(loop.get_executor(), parse_url(shown.url), {builder.document().timeout, true});
    asio::co_spawn(
        loop,
        [&]() -> asio::awaitable<void> {
            answer = co_await client.send(shown.method, shown.target, headers, shown.body);
        },
        asio::detached);
    loop.run();
    return answer;
}

int report(const Context& context, const RequestBuilder& builder, const OutgoingRequest& request,
           HttpAnswer answer) {
    const std::string kept = answer.body.substr(0, endpoint::max_response);
    const bool status = endpoint::is_success_status(builder.document(), answer.status);
    const bool success = status && endpoint::is_success_body(builder.success_where(), kept);
    std::string error = answer.status == 0 ? answer.error
                        : success          ? ""
                        : status           ? "the body is not what success.where wants"
                                           : "the status is no success";
    std::string body = kept;
    builder.mask(request, &body);
    builder.mask(request, &error);
    if (context.json) {
        print_json({{"success", success},
                    {"status", answer.status},
                    {"ms", answer.took.count() / 1000},
                    {"error", error},
                    {"response", body}});
    } else {
        print_line("");
        print_line(answer.status == 0 ? "no response: " + error
                                      : fmt::format("{} after {} ms: {}", answer.status,
                                                    answer.took.count() / 1000, success ? "success" : error));
        if (!body.empty()) print_line(body);
    }
    return success ? exit_yes : exit_no;
}

void note_match(const Document& document, const RequestBuilder& builder, const ListedEvent& event) {
    const bool wanted = endpoint::wants(document.match, event.field("tenant"), event.source(), event.type());
    if (!wanted) return print_error("note: \"match\" does not want this event");
    const endpoint::StoredValues values(event);
    if (builder.where() != nullptr && !builder.where()->holds(values))
        print_error("note: \"match.where\" does not want this event");
}

/// Shows the request, and sends it unless that is a dry run.
int run_test(const Context& context, const TestOptions& options) {
    if (options.event_file.empty() == options.event_id.empty())
        throw Failure(
            "give the event: --event FILE (JSON, as \"webhookctl event ID --json\" prints it) or --id ID");
    const Document document =
        options.document_file.empty() ? stored_document(context, options.id) : document_from_file(options);
    const ListedEvent event = event_of(context, options);
    const RequestBuilder builder(document, endpoint::Secrets(options.secrets_dir),
                                 {std::shared_ptr<void>(), &known_schemes()});
    if (!builder.ready())
        throw Failure(builder.problem() +
                      (options.secrets_dir.empty() ? "; --secrets-dir is the worker's secrets_dir" : ""));
    note_match(document, builder, event);
    const std::int64_t now = clock_ms(options.clock);
    OutgoingRequest request;
    const bool needs_token = document.auth.kind == endpoint::Auth::Kind::oauth2;
    if (auto problem = builder.build(event, {now, 1}, {}, needs_token ? "Bearer ***" : "", now, &request)) {
        builder.mask(request, &problem->what);
        print_error(
            fmt::format("no request: {}: {}", problem->unfilled ? "template" : "aborted", problem->what));
        return exit_no;
    }
    const Shown real = take_apart(builder, request);
    Shown shown = real;
    mask(builder, request, &shown);
    print_request(context, shown);
    if (options.dry_run) return exit_yes;
    if (needs_token || !(document.tls == endpoint::Tls{}))
        throw Failure(
            "nothing was sent: only the worker fetches OAuth 2.0 tokens and knows \"tls\"; see --dry-run");
    return report(context, builder, request, send(builder, real));
}

}  // namespace

void add_endpoint_test(Command& family) {
    auto options = std::make_shared<TestOptions>();
    family
        .add("test", "Show the request that an event makes, and send it",
             "Secrets are shown as ***. Exit 1: the receiver refused it, or a template has no value.\n\n"
             "Examples:\n  webhookctl endpoint test crm --id evt_1 --dry-run\n  webhookctl endpoint test crm "
             "--event event.json --document endpoints.json --secrets-dir /etc/webhook/secrets")
        .option("id", &options->id, "Endpoint")
        .required()
        .option("--event", &options->event_file, "File with the event as JSON; - is standard input")
        .option("--id", &options->event_id, "Stored event (id, webhook-id, key or entry)")
        .option("--document", &options->document_file, "File with the document, instead of the stored one")
        .option("--secrets-dir", &options->secrets_dir, "Folder of the secrets that the document names")
        .option("--clock", &options->clock, "Time of the attempt (RFC 3339 or Unix seconds)")
        .flag("--dry-run", &options->dry_run, "Send nothing")
        .run(run_test, options);
}

}  // namespace webhook::ctl
