#include <fmt/format.h>

#include <map>
#include <memory>

#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/input.hpp"
#include "ctl/message.hpp"
#include "ctl/output.hpp"
#include "ctl/signing.hpp"
#include "ctl/table.hpp"
#include "endpoint/units.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/model/signed_id.hpp"
#include "signature/verify/judgement.hpp"

namespace webhook::ctl {

namespace {

struct RequestOptions {
    std::string method, url, clock;
    std::vector<std::string> headers;
};

struct VerifyOptions {
    SchemeOptions scheme;
    RequestOptions request;
    std::string tolerance;
};

struct SignOptions {
    SchemeOptions scheme;
    RequestOptions request;
    std::string id, type;
};

signature::VerifierOptions verifier_options(const VerifyOptions& options) {
    signature::VerifierOptions verifier;
    verifier.secrets = read_secrets(options.scheme);
    verifier.params = read_params(options.scheme);
    verifier.json_max = 64U << 20U;
    if (options.tolerance == "off") {
        verifier.check_window = false;
    } else if (!options.tolerance.empty()) {
        const auto tolerance = endpoint::parse_time(options.tolerance);
        if (!tolerance) throw Failure("--tolerance wants a time (5m) or off");
        verifier.tolerance_seconds = tolerance->count() / 1000;
    }
    return verifier;
}

Headers read_headers(const std::vector<std::string>& arguments) {
    Headers headers;
    for (const auto& argument : arguments)
        headers.push_back(parse_header(argument));
    return headers;
}

/// GET for schemes that sign a query when there is nothing but the query, else POST.
std::string method_of(const RequestOptions& options, const signature::Scheme& scheme,
                      const std::string& body) {
    if (!options.method.empty()) return options.method;
    return body.empty() && accepts_method(scheme, "GET") ? "GET" : "POST";
}

struct Judgement {
    std::string verdict, reason, timestamp;
    Identity identity;
};

Judgement judge(const VerifyOptions& options, Message& message, const signature::Scheme& scheme) {
    std::string error;
    const auto verifier = signature::Verifier::make(scheme, verifier_options(options), &error);
    if (!verifier) throw Failure(error);
    warn_of_weakness(verifier->weakness());
    if (!accepts_method(scheme, message.method)) {
        return {"method", fmt::format("the scheme accepts {}", allowed_methods(scheme)), {}, {}};
    }
    const signature::Judgement judged =
        signature::judge_request(*verifier, message, clock_ms(options.request.clock), true);
    if (!judged.takes_method) return {"method", signature::method_reason, {}, {}};
    const signature::Outcome& outcome = judged.outcome;
    Judgement judgement{
        std::string(verdict_name(outcome.verdict)), outcome.reason, std::string(outcome.timestamp), {}};
    message.claims = outcome.claims;
    if (outcome.verdict == signature::Verdict::genuine)
        judgement.identity = identify(scheme, message, outcome);
    message.claims = {};
    return judgement;
}

void show(const Context& context, const Judgement& judgement) {
    const std::pair<const char*, const std::string&> details[] = {{"reason", judgement.reason},
                                                                  {"id", judgement.identity.id},
                                                                  {"type", judgement.identity.type},
                                                                  {"timestamp", judgement.timestamp}};
    Json json{{"verdict", judgement.verdict}};
    if (!context.json) print_line(judgement.verdict);
    for (const auto& [name, value] : details) {
        if (value.empty()) continue;
        json[name] = value;
        if (!context.json) print_line(fmt::format("{}: {}", name, printable(value)));
    }
    if (context.json) print_json(json);
}

int run_verify(const Context& context, const VerifyOptions& options) {
    const signature::Scheme& scheme = require_scheme(options.scheme.name);
    std::string body = read_stdin();
    std::string method = method_of(options.request, scheme, body);
    Message message(std::move(method), options.request.url, read_headers(options.request.headers),
                    std::move(body));
    const Judgement judgement = judge(options, message, scheme);
    show(context, judgement);
    return judgement.verdict == "accepted" ? exit_yes : exit_no;
}

int run_sign(const Context& context, const SignOptions& options) {
    const signature::Scheme& scheme = require_scheme(options.scheme.name);
    const auto signer = make_signer(options.scheme);
    const std::string body = read_stdin();
    signature::SignRequest request;
    const std::string id = options.id.empty() ? random_id() : options.id;
    const std::string method = method_of(options.request, scheme, body);
    request.id = id;
    request.type = options.type;
    request.method = method;
    request.url = options.request.url;
    request.now_ms = clock_ms(options.request.clock);
    const signature::Signed result = sign(*signer, request, body);
    if (context.json) {
        Json json{{"headers", Json::object()}};
        for (const auto& [name, value] : result.headers)
            json["headers"][name] = value;
        if (!result.url.empty()) json["url"] = result.url;
        print_json(json);
        return exit_yes;
    }
    for (const auto& [name, value] : result.headers)
        print_line(fmt::format("{}: {}", name, value));
    if (result.url != options.request.url) print_line(result.url);
    return exit_yes;
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

/// What tells its events apart, in the words of webhook_dedup.
Json identity_json(const signature::Scheme& scheme) {
    static constexpr const char* names[] = {"event", "thing", "attempt"};
    static constexpr const char* by[] = {"id", "both", "body"};
    return {{"names", names[static_cast<unsigned>(signature::id_names(scheme))]},
            {"by", by[static_cast<unsigned>(signature::default_by(scheme))]},
            {"signed", signature::has_signed_id(scheme)},
            {"repeats", signature::repeats(scheme)}};
}

Json scheme_json(std::string_view name, const signature::Scheme& scheme) {
    const signature::SenderFacts facts = signature::facts_of(name);
    Json json{{"name", name},
              {"methods", signature::allowed_methods(scheme)},
              {"id", signature::id_sources(scheme)},
              {"type", signature::type_sources(scheme)},
              {"identity", identity_json(scheme)},
              {"signs_url", signature::signs_url(scheme)},
              {"unsigned_body", signature::has_unsigned_body(scheme)},
              {"text", known_schemes().text(name)}};
    if (const auto base = signature::alias_of(name); !base.empty()) json["alias_of"] = base;
    if (!facts.source.empty())
        json["sender"] = {{"source", facts.source}, {"retries", facts.retries}, {"repeats", facts.repeats}};
    return json;
}

struct SchemesOptions {
    std::string name;
};

int show_scheme(const Context& context, const std::string& name) {
    const signature::Scheme* scheme = known_schemes().find(name);
    if (scheme == nullptr) {
        print_error(no_scheme(name).what());
        return exit_no;
    }
    if (context.json) {
        print_json(scheme_json(name, *scheme));
    } else {
        std::string text(known_schemes().text(name));
        while (!text.empty() && text.back() == '\n')
            text.pop_back();
        print_line(text);
    }
    return exit_yes;
}

/// One's own first.
std::vector<std::string_view> all_names() {
    std::vector<std::string_view> names = known_schemes().names();
    const auto built_in = signature::scheme_names();
    names.insert(names.end(), built_in.begin(), built_in.end());
    return names;
}

int run_schemes(const Context& context, const SchemesOptions& options) {
    if (!options.name.empty()) return show_scheme(context, options.name);
    Table table({{"SCHEME"}, {"METHODS"}, {"ID", false, 60}, {"TYPE", false, 50}});
    for (const auto name : all_names()) {
        const signature::Scheme& scheme = *known_schemes().find(name);
        if (context.json) {
            print_json(scheme_json(name, scheme));
        } else {
            table.add({std::string(name), std::string(allowed_methods(scheme)), joined(id_sources(scheme)),
                       joined(type_sources(scheme))});
        }
    }
    if (!context.json) print(table.text());
    return exit_yes;
}

Command& add_request_options(Command& command, RequestOptions* options) {
    return command
        .option("--method", &options->method, "Method (default: POST; GET for postbacks without a body)")
        .option("--url", &options->url, "The public URL, where the scheme signs it or stands in its query")
        .option("--clock", &options->clock,
                "The time to sign with or to judge by: Unix seconds or RFC 3339 (default: now)");
}

void add_verify(Command& program) {
    auto options = std::make_shared<VerifyOptions>();
    Command command =
        program.add("verify", "Judge a request; the body comes on standard input",
                    "Prints the verdict: accepted, unsigned, forged, stale, malformed, method, challenge. "
                    "Exit 0 only for accepted.\n\n"
                    "Example:\n  webhookctl verify --scheme github --secret file:/run/secrets/github \\\n"
                    "      -H 'X-Hub-Signature-256: sha256=...' < body.json");
    add_scheme_options(command, &options->scheme);
    add_request_options(command, &options->request)
        .option("-H,--header", &options->request.headers,
                "A header of the request: 'Name: value'; repeatable")
        .option("--tolerance", &options->tolerance,
                "Replay window, both directions, or off (default: the scheme's)")
        .run(run_verify, options);
}

void add_sign(Command& program) {
    auto options = std::make_shared<SignOptions>();
    Command command =
        program.add("sign", "Sign a body from standard input; prints header lines",
                    "Schemes that sign a query print the signed URL, too.\n\n"
                    "Example:\n  webhookctl sign --scheme stripe --secret whsec_test < body.json");
    add_scheme_options(command, &options->scheme);
    add_request_options(command, &options->request)
        .option("--id", &options->id, "Event id, where the scheme sends it in a header (default: random)")
        .option("--type", &options->type, "Event type, where the scheme sends it in a header")
        .run(run_sign, options);
}

}  // namespace

void add_signature_commands(Command& program) {
    add_verify(program);
    add_sign(program);
    auto options = std::make_shared<SchemesOptions>();
    program
        .add("schemes", "List the built-in signature schemes, or print one",
             "Examples:\n  webhookctl schemes\n  webhookctl schemes stripe")
        .option("name", &options->name, "Print this scheme's definition")
        .run(run_schemes, options);
}

}  // namespace webhook::ctl
