#pragma once

#include "module/ngx/ngx.hpp"

#include <string>

namespace webhook::module {

/// How a secret value was written.
enum class SecretKind { literal, file, environment };

/// Reads a secret value: "file:/path" (see signature::read_secret_file), "env:NAME", or the text itself.
/// False after a message in nginx' wording; an empty secret is refused. A text that is a mistake (see
/// event::secret_mistake) is refused, too. `file` is given where the text may hold variables. It becomes the
/// full path of a file; a directory is then taken too, with no secret.
bool read_secret(ngx_conf_t* cf, const ngx_str_t& text, std::string* secret, SecretKind* kind,
                 std::string* file = nullptr);

}  // namespace webhook::module
