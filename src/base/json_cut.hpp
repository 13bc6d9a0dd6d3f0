#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/body.hpp"
#include "base/digest.hpp"

namespace webhook::base {

/// Places in a JSON document, each as the tokens of a pointer (RFC 6901). In place of an index "*" names all
/// elements.
using Pointers = std::vector<std::vector<std::string>>;

/// Adds the body to a hash without the values (of any kind) that stand at `left_out`. All of a body that is
/// not JSON counts.
void update_without(const Pointers& left_out, const BodyView& body, HashState* state);

}  // namespace webhook::base
