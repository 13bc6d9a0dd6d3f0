#include "worker/holds.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <set>
#include <utility>

#include "endpoint/url.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// Failures that only count for disable_after are noted this often.
constexpr auto note_interval = 10s;
constexpr auto again_after = 500ms;  // when Redis did not reply

/// Returns whether a failure says that the receiver is down, and not that it dislikes a request.
bool counts_for_breaker(const Attempt& attempt) {
    return attempt.status == 0 || attempt.status >= 500;
}

/// Returns whether a refusal concerns all requests of the endpoint: with macros in the path each of its
/// resources answers for itself.
bool has_one_path(const Endpoint& endpoint) {
    const std::string_view url = endpoint.document.url;
    return !endpoint::has_macros(url.substr(0, url.find('?')));
}

/// Returns the longest time between two attempts that belongs to one series of failures.
milliseconds longest_gap(const endpoint::Document& document) {
    milliseconds longest = 1h;
    for (const milliseconds delay : document.schedule)
        longest = std::max(longest, delay + delay / 2);
    return longest;
}

}  // namespace

void Holds::answered(const EndpointPtr& endpoint, const Attempt& attempt) {
    if (attempt.result == Attempt::Result::delivered) {
        succeeded(endpoint);
    } else if (attempt.retry_after) {
        refused(endpoint, attempt);
    } else if (attempt.result == Attempt::Result::failed) {
        failed(endpoint, attempt);
    }
    if (!attempt.disable) return;
    const std::string reason = "the receiver asked for it";
    if (disable(endpoint, reason))
        asio::co_spawn(core_.executor, note_disabled(endpoint, reason), asio::detached);
}

/// Holds the endpoint: from the second time in a row at least as long as the schedule's first delay.
void Holds::refused(const EndpointPtr& endpoint, const Attempt& attempt) {
    if (!has_one_path(*endpoint)) return;
    const auto& document = endpoint->document;
    auto length = std::min(*attempt.retry_after, document.max_hold);
    Hold& hold_state = endpoint->hold;
    if (!hold_state.active) ++hold_state.in_a_row;
    if (hold_state.in_a_row > 1 && !document.schedule.empty())
        length = std::max(length, std::min(document.schedule.front(), document.max_hold));
    if (length.count() == 0) return;
    if (hold_state.active && hold_state.until >= Clock::now() + length) return;
    hold(endpoint, length, 0);
    asio::co_spawn(core_.executor, note_hold(endpoint, length), asio::detached);
}

void Holds::failed(const EndpointPtr& endpoint, const Attempt& attempt) {
    const auto& document = endpoint->document;
    store::Failure failure;
    failure.counts = document.breaker && counts_for_breaker(attempt);
    failure.gone = attempt.status == 410;
    if (document.breaker) {
        failure.breaker_failures = document.breaker->failures;
        failure.probe = document.breaker->probe;
    }
    failure.disable_after = document.disable_after;
    failure.longest_gap = longest_gap(document);
    const bool was_held = endpoint->hold.active;
    probe_ended(endpoint, failure.counts);
    if (was_held) failure.counts = false;  // it was under way when the hold began, and tells nothing new
    const auto now = Clock::now();
    const auto interval = std::min<milliseconds>(note_interval, document.disable_after / 10);
    const bool due =
        document.disable_after.count() != 0 && (!endpoint->noted || now - endpoint->noted_at >= interval);
    if (!failure.counts && !failure.gone && !due) return;
    endpoint->noted = true;
    endpoint->noted_at = now;
    asio::co_spawn(core_.executor, note_failure(endpoint, failure), asio::detached);
}

/// Takes a failed attempt of an endpoint whose breaker is open: the next probe is due after the hold. An
/// answer that the breaker does not count says that the receiver is there again.
void Holds::probe_ended(const EndpointPtr& endpoint, bool counts) {
    if (!endpoint->hold.open) return;
    if (counts) {
        endpoint->hold.active = true;
    } else {
        close(endpoint, false);
    }
}

void Holds::succeeded(const EndpointPtr& endpoint) {
    if (endpoint->hold.open) {
        close(endpoint, true);
    } else if (endpoint->noted) {
        asio::co_spawn(core_.executor, note_end(endpoint, true), asio::detached);
    }
    endpoint->noted = false;
}

void Holds::close(const EndpointPtr& endpoint, bool success) {
    spdlog::info("endpoint {}: its breaker is closed", endpoint->document.id);
    end(endpoint);
    asio::co_spawn(core_.executor, note_end(endpoint, success), asio::detached);
}

/// Disables an endpoint here at once; the other workers read it from the configuration. Returns false if it
/// was disabled or deleted before.
bool Holds::disable(const EndpointPtr& endpoint, std::string_view reason) {
    if (endpoint->deleted || endpoint->disabled) return false;
    spdlog::warn("endpoint {}: disabled, {}", endpoint->document.id, reason);
    endpoint->disabled = true;
    core_.dispatcher.changed(endpoint);
    return true;
}

/// Begins a hold or makes it longer; one coroutine waits for its end.
void Holds::hold(const EndpointPtr& endpoint, milliseconds length, std::uint64_t change) {
    Hold& state = endpoint->hold;
    state.until = Clock::now() + length;
    state.change = change;
    state.active = true;
    if (std::exchange(state.waited, true)) return;
    asio::co_spawn(core_.executor, wait(endpoint), asio::detached);
}

void Holds::open(const EndpointPtr& endpoint, milliseconds probe, std::uint64_t change) {
    if (!endpoint->hold.open) spdlog::warn("endpoint {}: its breaker is open", endpoint->document.id);
    core_.dispatcher.set_open(endpoint.get(), true);
    hold(endpoint, probe, change);
}

/// Ends hold and open breaker, so that attempts go on at once.
void Holds::end(const EndpointPtr& endpoint) {
    endpoint->hold.active = false;
    core_.dispatcher.set_open(endpoint.get(), false);
    core_.dispatcher.changed(endpoint);
    core_.look_for_due();
}

asio::awaitable<void> Holds::wait(EndpointPtr endpoint) {
    Hold& state = endpoint->hold;
    while ((state.active || state.open) && !endpoint->deleted && !core_.stopping) {
        const auto now = Clock::now();
        if (now < state.until) {
            // In slices, so that a hold that was ended early does not keep the coroutine for long.
            const auto rest = std::chrono::ceil<milliseconds>(state.until - now);
            co_await link::sleep_for(std::min<milliseconds>(rest, 500ms));
        } else if (state.open) {
            co_await take_probe(endpoint);
        } else {
            end(endpoint);
        }
    }
    state.waited = false;
}

/// Lets one attempt run if no other worker makes it; else waits for the next turn.
asio::awaitable<void> Holds::take_probe(EndpointPtr endpoint) {
    const auto probe = endpoint->document.breaker.value_or(endpoint::Breaker{}).probe;
    const auto reply = co_await core_.link.run(store::take_probe(core_.epoch, endpoint->document.id, probe));
    if (!reply || reply->root().type != RedisReply::Type::integer) {
        co_await link::sleep_for(again_after);
        co_return;
    }
    Hold& state = endpoint->hold;
    if (!state.open) co_return;
    const milliseconds left(reply->root().integer);
    if (left.count() < 0) co_return end(endpoint);
    state.until = Clock::now() + (left.count() == 0 ? probe : left);
    state.active = left.count() != 0;
    if (state.active) co_return;
    core_.dispatcher.changed(endpoint);
    core_.look_for_due(endpoint->claimed_in.lock().get());  // so that each probe is another delivery
}

asio::awaitable<void> Holds::note_hold(EndpointPtr endpoint, milliseconds length) {
    const auto reply =
        co_await core_.link.run(store::hold_endpoint(core_.epoch, endpoint->document.id, length));
    if (!reply || !reply->root().is_array() || reply->root().count != 2) co_return;
    Hold& state = endpoint->hold;
    if (!state.active) co_return;
    state.change = std::max(state.change, static_cast<std::uint64_t>(reply->root()[0].integer));
    state.until = std::max(state.until, Clock::now() + milliseconds(reply->root()[1].integer));
}

asio::awaitable<void> Holds::note_failure(EndpointPtr endpoint, store::Failure failure) {
    const auto reply =
        co_await core_.link.run(store::note_failure(core_.epoch, endpoint->document.id, failure));
    if (!reply || !reply->root().is_array() || reply->root().count == 0) co_return;
    const RedisReply& said = reply->root();
    if (said[0].is(1) && said.count == 3) {
        open(endpoint, milliseconds(said[1].integer), static_cast<std::uint64_t>(said[2].integer));
    } else if (said[0].is(2) && said.count == 2) {
        disable(endpoint, said[1].text);
    }
}

asio::awaitable<void> Holds::note_end(EndpointPtr endpoint, bool success) {
    co_await core_.link.run(store::end_hold(core_.epoch, endpoint->document.id, success));
}

/// Records that an endpoint is disabled; retries until Redis has replied.
asio::awaitable<void> Holds::note_disabled(EndpointPtr endpoint, std::string reason) {
    const std::string epoch = core_.epoch;
    while (!core_.stopping) {
        const auto reply =
            co_await core_.link.run(store::disable_endpoint(epoch, endpoint->document.id, reason));
        if (reply && !reply->root().is_error()) co_return;
        co_await link::sleep_for(again_after);
    }
}

asio::awaitable<void> Holds::read() {
    const auto reply = co_await core_.link.run(store::read_holds());
    if (reply && reply->root().is_array() && reply->root().count == 3) adopt(reply->root());
}

void Holds::adopt(const RedisReply& reply) {
    const std::string text(reply[0].text);
    const std::uint64_t changes = std::strtoull(text.c_str(), nullptr, 10);
    std::set<EndpointPtr> held;
    for (std::size_t i = 0; i + 2 < reply[1].count; i += 3) {
        const auto endpoint = core_.endpoints.find(reply[1][i].text);
        if (!endpoint) continue;
        held.insert(endpoint);
        const milliseconds left(reply[1][i + 1].integer);
        if (reply[1][i + 2].is(1)) {
            if (!endpoint->hold.open) open(endpoint, left, changes);
        } else if (left.count() > 0) {
            hold(endpoint, left, changes);
        }
    }
    for (const RedisReply& id : reply[2]) {
        if (const auto endpoint = core_.endpoints.find(id.text)) endpoint->noted = true;
    }
    for (const auto& [id, endpoint] : core_.endpoints.all()) {
        const Hold& state = endpoint->hold;
        const bool known = state.change != 0 && state.change <= changes;
        if ((state.active || state.open) && known && held.count(endpoint) == 0) end(endpoint);
    }
}

}  // namespace webhook::worker
