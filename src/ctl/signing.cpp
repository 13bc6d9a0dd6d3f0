#include "ctl/signing.hpp"

#include <fmt/format.h>

#include <random>

#include "ctl/failure.hpp"
#include "ctl/input.hpp"
#include "ctl/output.hpp"
#include "signature/catalogue/scheme_text.hpp"

namespace webhook::ctl {

void add_scheme_options(Command& command, SchemeOptions* options) {
    command.option("--scheme", &options->name, "Signature scheme (webhookctl schemes)")
        .required()
        .option(
            "--secret", &options->secrets,
            "Secret: file:/path, env:NAME, or the value itself (which others may see in `ps`); repeatable")
        .option("--param", &options->params, "NAME=VALUE that the scheme asks for; repeatable");
}

namespace {

// One command line, one set.
signature::SchemeSet& own_schemes() {
    static signature::SchemeSet set;
    return set;
}

}  // namespace

const signature::SchemeSet& known_schemes() {
    return own_schemes();
}

void load_schemes(const std::string& path) {
    signature::TextError error;
    if (signature::add_scheme_blocks(read_file(path), &own_schemes(), &error)) return;
    throw Failure(describe(path, error));
}

Failure no_scheme(const std::string& name) {
    const std::string suggestion = known_schemes().suggestion(name);
    return Failure(fmt::format("there is no scheme \"{}\"{} webhookctl schemes lists them", printable(name),
                               suggestion.empty() ? ":" : suggestion));
}

const signature::Scheme& require_scheme(const std::string& name) {
    const signature::Scheme* scheme = known_schemes().find(name);
    if (scheme == nullptr) throw no_scheme(name);
    return *scheme;
}

std::vector<std::string> read_secrets(const SchemeOptions& options) {
    std::vector<std::string> secrets;
    for (const auto& argument : options.secrets)
        secrets.push_back(read_secret(argument));
    return secrets;
}

std::map<std::string, std::string> read_params(const SchemeOptions& options) {
    std::map<std::string, std::string> params;
    for (const auto& argument : options.params)
        params.insert(parse_assignment(argument));
    return params;
}

void warn_of_weakness(const std::string& weakness) {
    if (!weakness.empty()) print_error("warning: " + weakness);
}

std::unique_ptr<signature::Signer> make_signer(const SchemeOptions& options) {
    std::string error;
    auto signer = signature::Signer::make(require_scheme(options.name), read_secrets(options),
                                          read_params(options), &error);
    if (!signer) throw Failure(fmt::format("scheme {}: {}", options.name, error));
    warn_of_weakness(signer->weakness());
    return signer;
}

signature::Signed sign(const signature::Signer& signer, signature::SignRequest request,
                       std::string_view body) {
    if (!body.empty()) request.body = {&body, 1, body.size()};
    signature::Signed result = signer.sign(request);
    if (result.problem != nullptr) throw Failure(result.problem);
    return result;
}

std::string random_id() {
    std::random_device device;
    return fmt::format("test_{:08x}{:08x}", device(), device());
}

}  // namespace webhook::ctl
