#include "store/configuration.hpp"

#include <array>
#include <random>

#include "base/digest.hpp"
#include "store/keys.hpp"
#include "store/lua.hpp"
#include "store/resp.hpp"

namespace webhook::store {

namespace {

const Script& read_script() {
    static const Script script(lua::read_configuration());
    return script;
}

const Script& restore_script() {
    static const Script script(lua::restore_configuration());
    return script;
}

const Script& key_script() {
    static const Script script(lua::configuration_key());
    return script;
}

/// Returns `size` random bytes as hex digits.
template <std::size_t size>
std::string random_hex() {
    std::random_device random;
    std::array<std::random_device::result_type, size / sizeof(std::random_device::result_type)> words;
    for (auto& word : words)
        word = random();
    return base::to_hex({reinterpret_cast<const char*>(words.data()), sizeof words});
}

const Script& disable_script() {
    static const Script script(lua::disable_endpoint());
    return script;
}

// The score of a worker is its mark: Redis' time, but always more than before, whatever becomes of the clock.
const Script& heartbeat_script() {
    static const Script script(lua::heartbeat());
    return script;
}

const Script& wake_script() {
    static const Script script(lua::wake_workers());
    return script;
}

const Script& leave_script() {
    static const Script script(lua::leave());
    return script;
}

}  // namespace

Call read_configuration(std::string_view known_epoch, std::string_view known_version) {
    return Call(read_script(), config_key("meta")).arg(config_prefix).arg(known_epoch).arg(known_version);
}

Call restore_configuration(const ConfigurationText& copy) {
    Call call(restore_script(), config_key("meta"));
    call.arg(config_prefix).arg(copy.epoch).arg(copy.version).arg(copy.key.empty() ? new_key() : copy.key);
    for (const auto& [id, document] : copy.endpoints)
        call.arg("endpoints").arg(id).arg(document);
    for (const auto& [id, state] : copy.disabled)
        call.arg("disabled").arg(id).arg(state);
    for (const auto& [source, pause] : copy.paused_sources)
        call.arg("paused_sources").arg(source).arg(pause);
    return call;
}

std::string new_epoch() {
    return random_hex<16>();
}

std::string new_key() {
    return random_hex<32>();
}

Call configuration_key(std::string_view fresh) {
    return Call(key_script(), config_key("meta")).arg(fresh);
}

Call disable_endpoint(std::string_view epoch, std::string_view endpoint, std::string_view reason) {
    return Call(disable_script(), config_key("meta")).arg(config_prefix).arg(epoch).arg(endpoint).arg(reason);
}

std::string read_versions() {
    return resp_command("HMGET", config_key("meta"), "epoch", "version", "wake", "holds");
}

Call wake_workers() {
    return Call(wake_script(), config_key("meta"));
}

Call heartbeat(std::string_view worker, std::string_view streams, const std::vector<WorkerMark>& forget) {
    Call call(heartbeat_script(), config_key("workers"));
    call.arg(config_key("streams")).arg(config_key("meta")).arg(worker).arg(streams);
    for (const auto& [id, mark] : forget)
        call.arg(id).arg(mark);
    return call;
}

Call leave(std::string_view worker) {
    return Call(leave_script(), config_key("workers"))
        .arg(config_key("streams"))
        .arg(config_key("meta"))
        .arg(worker);
}

}  // namespace webhook::store
