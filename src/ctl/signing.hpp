#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "signature/model/scheme.hpp"
#include "signature/sign/signer.hpp"

namespace webhook::ctl {

/// --scheme, --secret and --param of several commands.
struct SchemeOptions {
    std::string name;
    std::vector<std::string> secrets, params;
};

void add_scheme_options(Command& command, SchemeOptions* options);

/// The schemes of --schemes, and the built-in ones.
const signature::SchemeSet& known_schemes();

/// Reads a file of `webhook_scheme` blocks, such as nginx includes. Throws Failure.
void load_schemes(const std::string& path);

/// Makes the error for an unknown scheme name.
Failure no_scheme(const std::string& name);

/// Throws Failure when there is no such scheme.
const signature::Scheme& require_scheme(const std::string& name);

std::vector<std::string> read_secrets(const SchemeOptions& options);
std::map<std::string, std::string> read_params(const SchemeOptions& options);

/// Says on standard error that a secret can be guessed (signature::Verifier::weakness).
void warn_of_weakness(const std::string& weakness);

/// Throws Failure when the scheme cannot sign with these secrets.
std::unique_ptr<signature::Signer> make_signer(const SchemeOptions& options);

/// Signs `request` with `body`. Throws Failure when it cannot be signed.
signature::Signed sign(const signature::Signer& signer, signature::SignRequest request,
                       std::string_view body);

/// An event id for a test: "test_" and 16 hex digits.
std::string random_id();

}  // namespace webhook::ctl
