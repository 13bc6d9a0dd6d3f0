#include "store/reservation.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "store/reply.hpp"
#include "store/reservation_script.hpp"

namespace webhook::store {

namespace {

std::string gate_tag(std::string_view name) {
    return base::to_hex(base::digest_of(base::Hash::sha256, name).view().substr(0, 8));
}

/// Record of a key.
std::string_view hash_of(const Key& key) {
    return {reinterpret_cast<const char*>(key.data()), 12};
}

/// The hash of the key, then those of the alternates.
std::string hashes_of(const Identity& identity) {
    std::string hashes(hash_of(identity.key));
    for (const Key& key : identity.alternates)
        hashes.append(hash_of(key));
    return hashes;
}

}  // namespace

Reserver::Reserver(std::string_view name, std::uint64_t window_ms) : name_(name), window_ms_(window_ms) {
    const std::string tag = gate_tag(name);
    for (unsigned p = 0; p < reservation_partitions; ++p)
        prefix_.push_back("webhook:{gate:" + tag + ":" + std::to_string(p) + "}:");
}

Claim Reserver::make_claim(std::string_view value, const Identity& identity,
                           const std::array<char, 16>& token) {
    return {partition_of(value, reservation_partitions), identity, token};
}

Call Reserver::call(const Script& script, const Claim& claim) const {
    Call call(script, prefix_[claim.partition] + "state");
    const ContentMark& content = claim.identity.content;
    call.arg(prefix_[claim.partition]).arg(hashes_of(claim.identity));
    call.arg({reinterpret_cast<const char*>(content.data()), content.size()});
    call.arg({claim.token.data(), claim.token.size()});
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
        return base::starts_with(text(*reply), "NOSCRIPT") ? Result::no_script : Result::failed;
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
