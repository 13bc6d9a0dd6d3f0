#include "store/reservation.hpp"

#include <cstring>

#include "event/digest.hpp"
#include "event/text.hpp"
#include "store/reply.hpp"
#include "store/reservation_script.hpp"

namespace webhook::store {

namespace {

std::string gate_tag(std::string_view name) {
    const IdHash hash = hash_id("gate", name);
    return event::to_hex({reinterpret_cast<const char*>(hash.data()), 8});
}

std::string_view view(const std::array<char, 16>& bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

Reserver::Reserver(std::string_view name, std::uint64_t window_ms) : name_(name), window_ms_(window_ms) {
    const std::string tag = gate_tag(name);
    for (unsigned p = 0; p < reservation_partitions; ++p)
        prefix_.push_back("webhook:{gate:" + tag + ":" + std::to_string(p) + "}:");
}

Claim Reserver::make_claim(const IdHash& id, const event::BodyView& body,
                           const std::array<char, 16>& token) const {
    Claim claim;
    claim.partition = partition_of(id, reservation_partitions);
    claim.token = token;
    const auto body_hash = hash_body(body);
    std::memcpy(claim.record.data(), id.data(), 12);
    std::memcpy(claim.record.data() + 12, body_hash.data(), 4);
    return claim;
}

Call Reserver::call(const Script& script, const Claim& claim) const {
    Call call(script, prefix_[claim.partition] + "state");
    call.arg(prefix_[claim.partition]).arg(view(claim.record)).arg(view(claim.token));
    call.arg(reservation_time).arg(window_ms_).arg(name_);
    return call;
}

Call Reserver::reserve(const Claim& claim) const {
    return call(reserve_script(), claim);
}
Call Reserver::confirm(const Claim& claim) const {
    return call(confirm_script(), claim);
}
Call Reserver::release(const Claim& claim) const {
    return call(release_script(), claim);
}
Call Reserver::renew(const Claim& claim) const {
    return call(renew_script(), claim);
}

Reserver::Result Reserver::read_reserve(const redisReply* reply) {
    if (reply == nullptr) return Result::failed;
    if (reply->type == REDIS_REPLY_ERROR) {
        return event::starts_with(text(*reply), "NOSCRIPT") ? Result::no_script : Result::failed;
    }
    if (reply->type != REDIS_REPLY_INTEGER) return Result::failed;
    switch (reply->integer) {
        case 0:
            return Result::reserved;
        case 1:
            return Result::duplicate;
        case 2:
            return Result::conflict;
        case 3:
            return Result::in_progress;
        default:
            return Result::failed;
    }
}

}  // namespace webhook::store
