#include "store/admin.hpp"

#include "store/configuration.hpp"
#include "store/keys.hpp"
#include "store/lua.hpp"

namespace webhook::store {

namespace {

// An operator's changes are small and may be what makes room, so they also run when Redis is out of memory.
// ARGV: prefix, epoch and version as seen, new epoch, new key, then words: set id document | remove id |
// enable id | pause_source source pause | resume_source source.
const Script& change_script() {
    static const Script script(lua::change_configuration());
    return script;
}

// `intake` begins with the doubles partitions and accepted (see the key table of docs/design.md).
const Script& ledger_script() {
    static const Script script(lua::read_ledger());
    return script;
}

// ARGV: prefix, then for each: delivery id, how many and how many bytes of its endpoint may wait here.
const Script& replay_script() {
    static const Script script(lua::replay_dead());
    return script;
}

}  // namespace

Call change_configuration(const ConfigurationChange& change) {
    Call call(change_script(), config_key("meta"));
    call.arg(config_prefix).arg(change.seen_epoch).arg(change.seen_version).arg(change.new_epoch);
    call.arg(change.new_key.empty() ? new_key() : change.new_key);
    for (const auto& [id, document] : change.set)
        call.arg("set").arg(id).arg(document);
    for (const auto& id : change.remove)
        call.arg("remove").arg(id);
    for (const auto& id : change.enable)
        call.arg("enable").arg(id);
    for (const auto& [source, pause] : change.pause_sources)
        call.arg("pause_source").arg(source).arg(pause);
    for (const auto& source : change.resume_sources)
        call.arg("resume_source").arg(source);
    return call;
}

Call read_ledger(std::string_view stream, unsigned partition) {
    const std::string prefix = partition_prefix(stream, partition);
    return Call(ledger_script(), prefix + "meta").arg(prefix);
}

Call replay_dead(std::string_view stream, unsigned partition, const std::vector<Replay>& replays) {
    const std::string prefix = partition_prefix(stream, partition);
    Call call(replay_script(), prefix + "meta");
    call.arg(prefix);
    for (const auto& one : replays)
        call.arg(one.delivery).arg(one.max_waiting).arg(one.max_waiting_bytes);
    return call;
}

}  // namespace webhook::store
