#include "module/secret.hpp"

#include <cstdlib>

#include "event/secret_text.hpp"
#include "event/text.hpp"
#include "module/file.hpp"
#include "module/key_files.hpp"
#include "module/pool.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view file_prefix = "file:", environment_prefix = "env:";

void drop_newline(std::string* content) {
    if (content->empty() || content->back() != '\n') return;
    content->pop_back();
    if (!content->empty() && content->back() == '\r') content->pop_back();
}

bool read_file(ngx_conf_t* cf, std::string_view name, std::string* secret, std::string* file) {
    // With its final zero, which ngx_conf_full_name() and open() need.
    ngx_str_t path = to_ngx(copy_to_pool(cf->pool, std::string(name) + '\0'));
    --path.len;
    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) return false;
    if (file != nullptr) {
        *file = view(path);
        if (is_directory(*file)) return true;
    }
    if (!File(std::string(view(path))).read(max_key_file + 1, secret)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "cannot read secret file \"%V\"", &path);
        return false;
    }
    if (secret->size() > max_key_file) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "secret file \"%V\" is too large", &path);
        return false;
    }
    drop_newline(secret);
    if (secret->empty()) ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "secret file \"%V\" is empty", &path);
    return !secret->empty();
}

bool read_environment(ngx_conf_t* cf, std::string_view name, std::string* secret) {
    const char* value = std::getenv(std::string(name).c_str());
    if (value != nullptr) *secret = value;
    if (secret->empty()) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "environment variable \"%*s\" is %s", name.size(),
                           name.data(), value == nullptr ? "not set" : "empty");
    }
    return !secret->empty();
}

}  // namespace

bool read_secret(ngx_conf_t* cf, const ngx_str_t& text, std::string* secret, SecretKind* kind,
                 std::string* file) {
    std::string_view value = view(text);
    if (event::starts_with(value, file_prefix)) {
        *kind = SecretKind::file;
        return read_file(cf, value.substr(file_prefix.size()), secret, file);
    }
    if (event::starts_with(value, environment_prefix)) {
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
