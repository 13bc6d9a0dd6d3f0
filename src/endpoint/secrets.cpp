#include "endpoint/secrets.hpp"

#include "endpoint/secret_value.hpp"
#include "signature/keys/secret_file.hpp"

namespace webhook::endpoint {

bool Secrets::resolve(std::string_view value, Resolved* secret, std::string* problem) const {
    if (is_redacted(value)) {
        *problem = "the stored secret is a redacted one";
        return false;
    }
    if (*problem = check_secret(value); !problem->empty()) return false;
    const auto name = secret_name(value);
    if (!name) {
        secret->text = value;
        return true;
    }
    if (folder_.empty()) {
        *problem = "secret " + std::string(*name) + ": no secrets_dir is set";
        return false;
    }
    const std::string path = folder_ + "/" + std::string(*name), origin = "secret file \"" + path + "\" ";
    if (!signature::read_secret_file(path, &secret->text, problem)) {
        *problem = origin + *problem;
        return false;
    }
    const std::string warning = signature::warning_of_secret(secret->text);
    if (!warning.empty()) secret->warning = origin + warning;
    return true;
}

}  // namespace webhook::endpoint
