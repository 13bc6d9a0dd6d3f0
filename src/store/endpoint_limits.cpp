#include "store/endpoint_limits.hpp"

#include <string>

#include "store/keys.hpp"
#include "store/lua.hpp"

namespace webhook::store {

namespace {

const Script& hold_script() {
    static const Script script(lua::hold_endpoint());
    return script;
}

const Script& failure_script() {
    static const Script script(lua::note_failure());
    return script;
}

const Script& end_script() {
    static const Script script(lua::end_hold());
    return script;
}

const Script& probe_script() {
    static const Script script(lua::take_probe());
    return script;
}

const Script& read_script() {
    static const Script script(lua::read_holds());
    return script;
}

const Script& lease_script() {
    static const Script script(lua::lease_turns());
    return script;
}

Call endpoint_call(const Script& script, std::string_view epoch, std::string_view endpoint) {
    return Call(script, config_key("meta")).arg(config_prefix).arg(epoch).arg(endpoint);
}

}  // namespace

Call hold_endpoint(std::string_view epoch, std::string_view endpoint, std::chrono::milliseconds length) {
    return endpoint_call(hold_script(), epoch, endpoint).arg(length);
}

Call note_failure(std::string_view epoch, std::string_view endpoint, const Failure& failure) {
    Call call = endpoint_call(failure_script(), epoch, endpoint);
    call.arg(std::uint64_t{failure.counts}).arg(std::uint64_t{failure.gone});
    call.arg(std::uint64_t{failure.breaker_failures}).arg(failure.probe);
    return call.arg(failure.disable_after).arg(failure.longest_gap);
}

Call end_hold(std::string_view epoch, std::string_view endpoint, bool success) {
    return endpoint_call(end_script(), epoch, endpoint).arg(std::uint64_t{success});
}

Call take_probe(std::string_view epoch, std::string_view endpoint, std::chrono::milliseconds probe) {
    return endpoint_call(probe_script(), epoch, endpoint).arg(probe);
}

Call read_holds() {
    return Call(read_script(), config_key("meta")).arg(config_prefix);
}

Call lease_turns(std::string_view worker, std::string_view endpoint, const TurnRequest& request) {
    using std::chrono::microseconds;
    Call call(lease_script(), config_key("limits:" + std::string(endpoint)));
    call.arg(worker).arg(request.slots);
    // A fraction of a microsecond matters at high rates.
    call.arg(std::to_string(static_cast<double>(request.interval.count()) / 1000)).arg(request.burst);
    call.arg(std::uint64_t{request.places}).arg(std::uint64_t{request.used});
    return call.arg(std::uint64_t{request.shared});
}

}  // namespace webhook::store
