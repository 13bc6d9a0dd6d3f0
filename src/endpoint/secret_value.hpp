#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace webhook::endpoint {

/// Gives a part of a document its printed form, or back the part that was printed.
using ReplacePart = std::function<std::string(std::string_view)>;

/// NAME of "secret:NAME"; nothing for a literal. NAME is a file in the worker's secrets_dir and cannot leave
/// it: [A-Za-z0-9_.-]{1,128}, not beginning with a dot (see check_secret).
std::optional<std::string_view> secret_name(std::string_view value);

/// Says what is wrong with a secret as written in a document (bad NAME, `file:`, `env:`, empty); empty:
/// nothing.
std::string check_secret(std::string_view value);

/// Gives "redacted:HASH8" for a literal; `secret:NAME`, an empty value and what is redacted already stay as
/// they are. The hash is keyed (HMAC-SHA256), so that a weak secret cannot be guessed from it, and covers the
/// endpoint's id, so that equal secrets of two endpoints do not show.
std::string redact(std::string_view key, std::string_view endpoint_id, std::string_view value);
bool is_redacted(std::string_view value);

}  // namespace webhook::endpoint
