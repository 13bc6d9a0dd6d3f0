#include "module/conf/secret.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "event/param_mask.hpp"
#include "event/secret_text.hpp"
#include "module/conf/key_files.hpp"
#include "module/ngx/pool.hpp"
#include "signature/keys/secret_file.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view file_prefix = "file:", environment_prefix = "env:";

bool read_secret_file(ngx_conf_t* cf, std::string_view name, std::string* secret, std::string* file) {
    // With its final zero, which ngx_conf_full_name() and open() need.
    ngx_str_t path = to_ngx(copy_to_pool(cf->pool, std::string(name) + '\0'));
    --path.len;
    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) return false;
    if (file != nullptr) {
        *file = view(path);
        if (is_directory(*file)) return true;
    }
    std::string problem;
    if (!signature::read_secret_file(std::string(view(path)), secret, &problem)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "secret file \"%V\" %s", &path, problem.c_str());
        return false;
    }
    if (const std::string warning = signature::warning_of_secret(*secret); !warning.empty())
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "secret file \"%V\" %s", &path, warning.c_str());
    return true;
}

/// Another one may be the secret itself.
bool is_usual_name(std::string_view name) {
    return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

bool read_environment(ngx_conf_t* cf, std::string_view name, std::string* secret) {
    const char* value = std::getenv(std::string(name).c_str());
    const ngx_str_t shown = to_ngx(is_usual_name(name) ? name : event::masked_text);
    std::string problem = "is not set";
    if (value != nullptr) *secret = value;
    if (value == nullptr || !signature::check_secret_input(*secret, &problem)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "environment variable \"%V\" %s", &shown, problem.c_str());
        return false;
    }
    if (const std::string warning = signature::warning_of_secret(*secret); !warning.empty())
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "environment variable \"%V\" %s", &shown, warning.c_str());
    return true;
}

}  // namespace

bool read_secret(ngx_conf_t* cf, const ngx_str_t& text, std::string* secret, SecretKind* kind,
                 std::string* file) {
    std::string_view value = view(text);
    if (base::starts_with(value, file_prefix)) {
        *kind = SecretKind::file;
        return read_secret_file(cf, value.substr(file_prefix.size()), secret, file);
    }
    if (base::starts_with(value, environment_prefix)) {
        *kind = SecretKind::environment;
        return read_environment(cf, value.substr(environment_prefix.size()), secret);
    }
    *kind = SecretKind::literal;
    *secret = value;
    const std::string_view mistake = event::secret_mistake(value, file != nullptr);
    if (value.empty()) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "empty secret");
    } else if (!mistake.empty()) {
        const ngx_str_t what = to_ngx(mistake), advice = to_ngx(event::secret_advice);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the secret %V: %V", &what, &advice);
    }
    return !value.empty() && mistake.empty();
}

}  // namespace webhook::module
