#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "module/request/request_state.hpp"
#include "module/settings.hpp"
#include "store/identity.hpp"

namespace webhook::module {

/// The keys of a request, in their order, where some depend on it; empty ones do not count. False: one cannot
/// be computed.
bool evaluate_secrets(const RequestState& state, std::vector<std::string>* secrets);

/// What is part of the identity besides id and content, of one key. Tells nothing about it.
std::string scope_of(std::string_view secret);

/// Finds by what copies of the judged event are known, and notes it in the event: `key`, `idnames`. Where
/// neither id nor content tells it from others, it is stored without looking for copies.
void identify(RequestState* state);

/// Notes the identity's key as the event's `key`.
void note_key(RequestState* state);

/// What chooses the partition: all copies share it.
std::string_view partition_value(const RequestState& state);

}  // namespace webhook::module
