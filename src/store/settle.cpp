#include "store/settle.hpp"

#include <algorithm>

#include "store/lua.hpp"
#include "store/resp.hpp"

namespace webhook::store {

namespace {

// ARGV: prefix token epoch from to trim_before events bytes created delivered cancelled
//       log_bytes log_limit log_age attempts, then `attempts` JSON texts, then the operations.
const Script& settle_script() {
    static const std::string text = with_head(lua::settle(), {lua::lanes(), lua::deliveries()});
    static const Script script(text);
    return script;
}

}  // namespace

void SettleStep::word(std::string_view value) {
    resp_bulk(value, &words_);
    ++count_;
}

void SettleStep::word(std::uint64_t value) {
    resp_number(value, &words_);
    ++count_;
}

void SettleStep::operation(std::string_view name, const DeliveryEntry& delivery) {
    word(name);
    word(delivery.id);
    word(delivery.endpoint);
    word(delivery.entry);
    word(delivery.bytes);
    word(delivery.record);
    ++operations_;
}

void SettleStep::wait(milliseconds delay) {
    word(count_of(delay));
    soonest_ = std::min(soonest_, std::max(delay, milliseconds{0}));
}

void SettleStep::content(std::string_view entry, std::string_view netstrings) {
    word("content");
    word(entry);
    word(netstrings);
}

void SettleStep::new_waiting(const DeliveryEntry& delivery, milliseconds delay, const WaitingLimit& limit) {
    operation("new_waiting", delivery);
    wait(delay);
    word(limit.count);
    word(limit.bytes);
}

void SettleStep::new_dead(const DeliveryEntry& delivery, std::string_view reason) {
    operation("new_dead", delivery);
    word(reason);
}

void SettleStep::park(std::string_view source, std::string_view entry, std::uint64_t bytes) {
    word("park");
    word(source);
    word(entry);
    word(bytes);
    ++operations_;
}

void SettleStep::unpark(std::string_view source, std::string_view entry, std::uint64_t bytes) {
    if (first_parked_.empty()) {
        for (const auto value : {std::string_view("parked"), source, entry})
            resp_bulk(value, &first_parked_);
    }
    word("unpark");
    word(source);
    word(entry);
    word(bytes);
    ++operations_;
}

void SettleStep::delivered(const DeliveryEntry& delivery) {
    operation("delivered", delivery);
}

void SettleStep::retry(const DeliveryEntry& delivery, milliseconds delay) {
    operation("retry", delivery);
    wait(delay);
}

void SettleStep::dead(const DeliveryEntry& delivery, std::string_view reason) {
    operation("dead", delivery);
    word(reason);
}

void SettleStep::cancelled(const DeliveryEntry& delivery) {
    operation("cancelled", delivery);
}

void SettleStep::lease(std::string_view id, std::string_view endpoint, milliseconds delay) {
    operation("retry", DeliveryEntry{id, endpoint, {}, 0, {}});
    wait(delay);
}

void SettleStep::attempt(std::string_view json) {
    resp_bulk(json, &attempt_words_);
    attempt_bytes_ += json.size();
    ++attempts_;
}

Call SettleStep::call() const {
    Call call = owned_call(settle_script(), *owner_);
    call.arg(routed.from).arg(routed.to).arg(routed.trim_before).arg(routed.events).arg(routed.bytes);
    call.arg(routed.created).arg(routed.delivered).arg(cancelled_);
    call.arg(std::uint64_t{attempt_bytes_}).arg(attempt_log_bytes).arg(attempt_log_age);
    call.arg(std::uint64_t{attempts_}).raw(attempt_words_, attempts_);
    call.raw(first_parked_, first_parked_.empty() ? 0 : 3).raw(words_, count_);
    return call;
}

}  // namespace webhook::store
