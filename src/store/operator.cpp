#include "store/operator.hpp"

#include "store/keys.hpp"
#include "store/lua.hpp"

namespace webhook::store {

namespace {

Call partition_call(const Script& script, std::string_view stream, unsigned partition) {
    const std::string prefix = partition_prefix(stream, partition);
    Call call(script, prefix + "meta");
    call.arg(prefix);
    return call;
}

}  // namespace

Call retry_waiting(std::string_view stream, unsigned partition, std::string_view endpoint,
                   std::uint64_t count, std::string_view highest) {
    static const std::string text = with_head(lua::retry_waiting(), {lua::lanes(), lua::deliveries()});
    static const Script script(text);
    return partition_call(script, stream, partition).arg(endpoint).arg(count).arg(highest);
}

Call retry_delivery(std::string_view stream, unsigned partition, std::string_view endpoint,
                    std::string_view delivery) {
    static const std::string text = with_head(lua::retry_delivery(), {lua::lanes(), lua::deliveries()});
    static const Script script(text);
    return partition_call(script, stream, partition).arg(endpoint).arg(delivery);
}

Call replay_events(std::string_view stream, unsigned partition, std::string_view endpoint,
                   std::uint64_t max_waiting, std::uint64_t max_waiting_bytes,
                   const std::vector<EventReplay>& events) {
    static const Script script(lua::replay_events());
    Call call = partition_call(script, stream, partition);
    call.arg(endpoint).arg(max_waiting).arg(max_waiting_bytes);
    for (const auto& event : events)
        call.arg(event.entry).arg(event.bytes).arg(event.record);
    return call;
}

Call drop_dead(std::string_view stream, unsigned partition, const std::vector<std::string>& deliveries) {
    static const std::string text = with_head(lua::drop_dead(), {lua::deliveries()});
    static const Script script(text);
    Call call = partition_call(script, stream, partition);
    for (const auto& delivery : deliveries)
        call.arg(delivery);
    return call;
}

Call delete_event(std::string_view stream, unsigned partition, std::string_view entry,
                  const std::vector<std::string>& deliveries) {
    static const std::string text = with_head(lua::delete_event(), {lua::lanes(), lua::deliveries()});
    static const Script script(text);
    Call call = partition_call(script, stream, partition);
    call.arg(entry);
    for (const auto& delivery : deliveries)
        call.arg(delivery);
    return call;
}

Call forget_attempts(std::string_view log_key, std::string_view log_entry, std::string_view entry) {
    static const Script script(lua::forget_attempts());
    return Call(script, log_key).arg(log_entry).arg(entry);
}

Call add_group(std::string_view stream, unsigned partition, std::string_view group,
               std::string_view position) {
    static const Script script(lua::add_group());
    return partition_call(script, stream, partition).arg(group).arg(position);
}

Call remove_group(std::string_view stream, unsigned partition, std::string_view group, bool destroy) {
    static const Script script(lua::remove_group());
    return partition_call(script, stream, partition).arg(group).arg(std::uint64_t{destroy ? 1U : 0U});
}

}  // namespace webhook::store
