#pragma once

#include <string>
#include <vector>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Names of the headers (lower case) that checks, challenges and names of the scheme's events are read from.
std::vector<std::string> header_names(const Scheme& scheme);

/// Adds those that sources or templates are read from.
void add_header_names(const std::vector<std::string>& texts, std::vector<std::string>* names);

}  // namespace webhook::signature
