#pragma once

#include <string>

namespace CLI {
class App;
}

namespace webhook::ctl {

/// Makes the completion of commands and options for "bash" or "zsh" from the commands themselves. Ids of
/// endpoints are completed by asking Redis.
std::string completion_script(const CLI::App& program, const std::string& shell);

}  // namespace webhook::ctl
