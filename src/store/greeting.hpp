#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook::store {

/// A command by its words.
using Words = std::vector<std::string>;

/// How a client logs in. A user without a password logs in, too.
Words auth_words(std::string_view user, std::string_view password);

/// The commands that open a connection, in their order: AUTH when there is a user or password, SELECT for any
/// database but the first. The replies are good unless they are errors. INFO comes after them: see
/// judge_info().
std::vector<Words> greeting(std::string_view user, std::string_view password, unsigned database);

/// Judges the reply to INFO, which is last in a greeting. Returns why the server cannot be used; empty: it
/// can.
std::string judge_info(bool is_error, std::string_view text);

/// Appends a command as RESP.
void resp_words(const Words& words, std::string* out);

}  // namespace webhook::store
