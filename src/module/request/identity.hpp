#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "module/request/request_state.hpp"
#include "module/settings.hpp"
#include "store/identity.hpp"

namespace webhook::module {

/// Evaluates the keys of a request, in their order, where some depend on it; empty ones do not count. False:
/// one cannot be computed.
bool evaluate_secrets(const RequestState& state, std::vector<std::string>* secrets);

/// Derives from one key the part of the identity besides id and content. It reveals nothing of the key.
std::string scope_of(std::string_view secret);

/// Finds the deduplication key of the judged event, and notes it in the event: `key`, `idnames`. Where
/// neither id nor content distinguishes it from others, it is stored without looking for duplicates.
void identify(RequestState* state);

/// Notes the identity's key as the event's `key`.
void note_key(RequestState* state);

/// Chooses the value that selects the partition: all duplicates share it.
std::string_view partition_value(const RequestState& state);

}  // namespace webhook::module
