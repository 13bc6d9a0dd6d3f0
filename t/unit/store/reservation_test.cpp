#include "store/reservation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "t/unit/support/redis_server.hpp"

namespace webhook::store {
namespace {

using test::RedisServer;
using Result = Reserver::Result;
constexpr std::uint64_t hour = 3600000;

std::array<char, 16> make_token(int number) {
    std::array<char, 16> token{};
    const std::string text = std::to_string(number);
    text.copy(token.data(), token.size());
    return token;
}

Key key_of(std::string_view id) {
    return make_key("src", By::id, id, {});
}

class Gate {
  public:
    explicit Gate(RedisServer& redis, std::uint64_t window = hour, std::string_view name = "a.example /hooks")
        : redis_(redis), reserver_(name, window) {}

    Claim claim(std::string_view id, std::string_view body = "body") { return claim(id, body, {}); }
    /// A claim under a key whose event may have passed under each of `others` too.
    Claim claim(std::string_view id, std::string_view body, const std::vector<std::string>& others) {
        Identity identity{key_of(id), mark_of(base::BodyView{&body, 1, body.size()}), {}, true};
        for (const std::string& other : others)
            EXPECT_TRUE(identity.alternates.add(key_of(other)));
        return Reserver::make_claim("the id", identity, make_token(++tokens_));
    }
    Result reserve(const Claim& claim) { return Reserver::read_reserve(run(reserver_.reserve(claim)).get()); }
    long confirm(const Claim& claim) { return number(run(reserver_.confirm(claim))); }
    long release(const Claim& claim) { return number(run(reserver_.release(claim))); }
    long renew(const Claim& claim) { return number(run(reserver_.renew(claim))); }
    std::string held(const Claim& claim) {
        return reserver_.prefix(claim.partition) +
               "held:" + std::string(reinterpret_cast<const char*>(claim.identity.key.data()), 12);
    }
    /// As if all generations had begun so much earlier.
    void age(std::uint64_t milliseconds) {
        const auto keys = redis_({"KEYS", "webhook:{gate:*}:state"});
        for (std::size_t i = 0; i < keys->elements; ++i) {
            const std::string key = keys->element[i]->str;
            double start = 0;
            test::text(redis_({"GETRANGE", key, "8", "15"}))
                .copy(reinterpret_cast<char*>(&start), sizeof start);
            start -= static_cast<double>(milliseconds);
            redis_({"SETRANGE", key, "8", std::string(reinterpret_cast<char*>(&start), sizeof start)});
        }
    }
    void pass(std::string_view id) {
        const Claim one = claim(id);
        ASSERT_EQ(reserve(one), Result::reserved);
        ASSERT_EQ(confirm(one), 1);
    }

  private:
    test::Reply run(const Call& call) {
        std::string out;
        call.append_to(true, &out);
        return redis_.raw(out);
    }
    static long number(const test::Reply& reply) {
        EXPECT_EQ(reply->type, REDIS_REPLY_INTEGER) << test::text(reply);
        return reply->type == REDIS_REPLY_INTEGER ? static_cast<long>(reply->integer) : -1;
    }

    RedisServer& redis_;
    Reserver reserver_;
    int tokens_ = 0;
};

TEST(Reservation, holds_until_confirmed_or_released) {
    RedisServer redis;
    Gate gate(redis);
    const Claim first = gate.claim("1"), copy = gate.claim("1"), changed = gate.claim("1", "other");
    EXPECT_EQ(gate.reserve(first), Result::reserved);
    EXPECT_EQ(gate.reserve(first), Result::reserved) << "the same step again, after a lost reply";
    EXPECT_EQ(gate.reserve(copy), Result::in_progress);
    EXPECT_EQ(gate.reserve(changed), Result::in_progress) << "nobody knows yet which of them counts";
    EXPECT_EQ(gate.reserve(gate.claim("2")), Result::reserved);

    EXPECT_EQ(gate.release(copy), 0) << "only the holder";
    EXPECT_EQ(gate.reserve(copy), Result::in_progress);
    EXPECT_EQ(gate.release(first), 1);
    EXPECT_EQ(gate.release(first), 0);
    EXPECT_EQ(gate.reserve(copy), Result::reserved);

    EXPECT_EQ(gate.confirm(copy), 1);
    EXPECT_EQ(gate.confirm(copy), 1) << "again";
    EXPECT_EQ(gate.reserve(first), Result::duplicate);
    EXPECT_EQ(gate.reserve(changed), Result::conflict);
    EXPECT_EQ(redis({"EXISTS", gate.held(copy)})->integer, 0);
}

TEST(Reservation, expires_and_is_renewed) {
    RedisServer redis;
    Gate gate(redis);
    const Claim first = gate.claim("1"), copy = gate.claim("1");
    EXPECT_EQ(gate.reserve(first), Result::reserved);
    const long long left = redis({"PTTL", gate.held(first)})->integer;
    EXPECT_GT(left, reservation_time.count() / 2);
    redis({"PEXPIRE", gate.held(first), "5000"});
    EXPECT_EQ(gate.renew(first), 1);
    EXPECT_GT(redis({"PTTL", gate.held(first)})->integer, 5000);

    redis({"DEL", gate.held(first)});
    EXPECT_EQ(gate.reserve(copy), Result::reserved);
    EXPECT_EQ(gate.renew(first), 0) << "another one holds it";
    EXPECT_EQ(gate.release(first), 0);
    EXPECT_EQ(gate.confirm(first), 1) << "its upstream has seen it all the same";
    EXPECT_EQ(gate.reserve(gate.claim("1")), Result::duplicate);
    EXPECT_EQ(redis({"EXISTS", gate.held(copy)})->integer, 1);
    EXPECT_EQ(gate.release(copy), 1);
    EXPECT_EQ(gate.renew(copy), 1) << "what has run out is taken again";
}

TEST(Reservation, what_stands_under_an_alternate_counts) {
    RedisServer redis;
    Gate gate(redis);
    const Claim old = gate.claim("old"), renamed = gate.claim("new", "body", {"a", "old"});
    const Claim changed = gate.claim("new", "other", {"old", "a", "b", "c", "d", "e", "f"});
    EXPECT_EQ(gate.reserve(old), Result::reserved);
    EXPECT_EQ(gate.reserve(renamed), Result::in_progress);
    EXPECT_EQ(gate.renew(renamed), 0) << "the other one holds it";
    EXPECT_EQ(gate.confirm(old), 1);
    EXPECT_EQ(gate.reserve(renamed), Result::duplicate);
    EXPECT_EQ(gate.reserve(changed), Result::conflict);
    EXPECT_EQ(gate.confirm(renamed), 1) << "late: it is known already";
    EXPECT_EQ(gate.reserve(gate.claim("new")), Result::reserved) << "so nothing was remembered anew";

    const Claim fresh = gate.claim("fresh", "body", {"x", "y"});
    EXPECT_EQ(gate.reserve(fresh), Result::reserved);
    EXPECT_EQ(gate.reserve(gate.claim("x")), Result::reserved) << "it is held under its key only";
    EXPECT_EQ(gate.confirm(fresh), 1);
    EXPECT_EQ(gate.reserve(gate.claim("fresh")), Result::duplicate);
    EXPECT_EQ(gate.reserve(gate.claim("y")), Result::reserved);
}

TEST(Reservation, an_alternate_of_the_older_generation_counts) {
    RedisServer redis;
    Gate gate(redis);
    gate.pass("old");
    gate.age(hour + 1000);
    gate.pass("young");
    EXPECT_EQ(gate.reserve(gate.claim("new", "body", {"a", "old"})), Result::duplicate);
    EXPECT_EQ(gate.reserve(gate.claim("new", "body", {"young", "a"})), Result::duplicate);
    EXPECT_EQ(gate.reserve(gate.claim("new", "body", {"a"})), Result::reserved);
}

TEST(Reservation, gates_of_other_names_are_apart) {
    RedisServer redis;
    Gate one(redis, hour, "a /x"), same(redis, hour, "a /x"), other(redis, hour, "a /y");
    one.pass("1");
    EXPECT_EQ(same.reserve(same.claim("1")), Result::duplicate);
    EXPECT_EQ(other.reserve(other.claim("1")), Result::reserved);
}

TEST(Reservation, an_id_lives_one_to_two_windows) {
    RedisServer redis;
    Gate gate(redis, hour);
    for (int i = 0; i < 20; ++i)
        gate.pass("old " + std::to_string(i));
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(gate.reserve(gate.claim("old " + std::to_string(i))), Result::duplicate);
    gate.age(hour * 7 / 10);
    gate.pass("young");
    gate.age(hour / 2);
    EXPECT_EQ(gate.reserve(gate.claim("young")), Result::duplicate) << "over a turn";
    gate.age(hour * 16 / 10);
    const Claim again = gate.claim("old 1");
    EXPECT_EQ(gate.reserve(again), Result::reserved);
    EXPECT_EQ(gate.confirm(again), 1);
    EXPECT_EQ(gate.reserve(gate.claim("old 1")), Result::duplicate);
}

TEST(Reservation, a_longer_window_holds_from_its_first_confirmation) {
    RedisServer redis;
    Gate small(redis, 200), large(redis, hour);
    small.pass("1");
    for (int i = 0; i < 50; ++i)
        large.pass("many " + std::to_string(i));
    small.age(600);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(small.reserve(small.claim("many " + std::to_string(i))), Result::duplicate) << i;
}

TEST(Reservation, many_ids_are_small) {
    RedisServer redis;
    Gate gate(redis);
    constexpr int count = 20000;
    const auto used = [&redis] {
        const std::string info(test::text(redis({"INFO", "memory"})));
        return std::stoll(info.substr(info.find("used_memory:") + 12));
    };
    gate.pass("0");
    const long long before = used();
    for (int i = 1; i <= count; ++i)
        gate.confirm(gate.claim(std::to_string(i)));
    const double each = static_cast<double>(used() - before) / count;
    std::printf("%.1f bytes an id\n", each);
    EXPECT_LT(each, 32.0);
    for (int i = 0; i <= count; i += 7)
        ASSERT_EQ(gate.reserve(gate.claim(std::to_string(i))), Result::duplicate) << i;
    for (int i = 0; i < 500; ++i)
        ASSERT_EQ(gate.reserve(gate.claim("new " + std::to_string(i))), Result::reserved);
}

TEST(Reservation, replies_that_are_none) {
    RedisServer redis;
    EXPECT_EQ(Reserver::read_reserve(nullptr), Result::failed);
    EXPECT_EQ(Reserver::read_reserve(redis({"PING"}).get()), Result::failed);
    EXPECT_EQ(Reserver::read_reserve(redis({"NOSUCH"}).get()), Result::failed);
    EXPECT_EQ(Reserver::read_reserve(redis({"EVALSHA", std::string(40, '0'), "0"}).get()), Result::no_script);
}

}  // namespace
}  // namespace webhook::store
