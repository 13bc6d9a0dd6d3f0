// Steps of an operator on a real redis-server: ledger, configuration, replay of dead letters.

#include "ctl/ledger.hpp"
#include "ctl/replay.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/field_reader.hpp"

#include <gtest/gtest.h>

#include "ctl/config.hpp"
#include "ctl/dead_selection.hpp"
#include "ctl/diff.hpp"
#include "ctl/failure.hpp"
#include "store/admin.hpp"
#include "store/configuration.hpp"
#include "t/unit/support/redis_server.hpp"

namespace webhook::ctl {
namespace {

const char* const crm = R"({"id":"crm","url":"https://crm.example/h","max_waiting":3})";

/// A server with one stream of one partition.
class Operator : public ::testing::Test {
  protected:
    void SetUp() override {
        server_({"XADD", key("events"), "1-0", "id", "e1", "data", "body"});
        server_({"HSET", key("meta"), "partitions", "1"});
    }

    static std::string key(const std::string& name) { return "webhook:{s:0}:" + name; }

    /// A dead letter as a settling step leaves it.
    void add_dead(const std::string& id, const std::string& record) {
        const std::string entry = id.substr(0, id.find('/'));
        server_({"ZADD", key("dead"), "1000", id});
        server_({"HSET", key("delivery"), id, record});
        server_({"HSET", key("content"), entry, "2:id,2:e1,"});
        server_({"HINCRBY", key("refs"), entry, "1"});
        server_({"HINCRBY", key("meta"), "dead", "1"});
        server_({"HINCRBY", key("meta"), "created", "1"});
        server_({"HINCRBY", key("meta"), "dead_bytes", "10"});
    }

    std::string get(const std::string& hash, const std::string& field) {
        return std::string(test::text(server_({"HGET", key(hash), field})));
    }

    void store(const std::string& id, const std::string& document) {
        edit_config(redis_, [&](const Config&, store::ConfigurationChange* change) {
            change->set.emplace_back(id, document);
            return true;
        });
    }

    std::vector<ReplayOutcome> replay_all() {
        std::vector<ReplayOutcome> outcomes;
        const EndpointLimits limits(redis_);
        visit_dead(
            redis_, {}, store::replay_slice,
            [&](const std::vector<Delivery>& slice) {
                for (auto& outcome : replay_slice(redis_, limits, slice))
                    outcomes.push_back(outcome);
                return true;
            },
            [](const std::string&) {});
        return outcomes;
    }

    Ledger ledger() { return read_ledgers(redis_, find_partitions(redis_)).at(0).ledger; }

    test::RedisServer server_;
    Redis redis_{redis_address("unix:" + server_.socket())};
};

const char* const record =
    R"({"endpoint":"crm","entry":"1-0","created":1700000000123,"attempts":3,"bytes":10,"status":500,)"
    R"("error":"x","reason":"exhausted","died":1700000000456})";

TEST(Ledger, Balances) {
    Ledger ledger;
    EXPECT_TRUE(ledger.balanced());
    ledger = {5, 2, 3, 4, 1, 2, 1, 1, 1};
    EXPECT_TRUE(ledger.balanced());
    ledger.waiting = 2;
    EXPECT_FALSE(ledger.balanced());
    ledger = {5, -1, 6, 0, 0, 0, 0, 0, 0};
    EXPECT_FALSE(ledger.balanced()) << "more routed than accepted";
    ledger = {5, 1, 3, 0, 0, 0, 0, 0, 0};
    EXPECT_FALSE(ledger.balanced());
}

TEST(Ledger, TotalOfAllPartitions) {
    const Json json =
        ledger_json({{{"s", 0}, {1, 1, 0, 0, 0, 0, 0, 0, 0}}, {{"s", 1}, {2, 0, 2, 0, 0, 0, 0, 0, 0}}});
    EXPECT_EQ(json["balanced"], true);
    EXPECT_EQ(json["total"]["accepted"], 3);
    EXPECT_EQ(json["partitions"][1]["stream"], "s");
    EXPECT_EQ(json["partitions"][1]["partition"], 1);
    EXPECT_EQ(json["partitions"][1]["routed"], 2);
}

TEST_F(Operator, LedgerOfAPartition) {
    EXPECT_FALSE(ledger().balanced()) << "an entry that the atomic step did not count";
    const double packed[] = {1, 1};
    server_({"SET", key("intake"), std::string(reinterpret_cast<const char*>(packed), sizeof packed)});
    EXPECT_TRUE(ledger().balanced());
    EXPECT_EQ(ledger().accepted, 1);
    EXPECT_EQ(ledger().unrouted, 1);
    server_({"HSET", key("meta"), "routed", "1", "created", "2", "delivered", "1"});
    server_({"ZADD", key("waiting:crm"), "5", "1-0/crm"});
    EXPECT_FALSE(ledger().balanced()) << "not in `due`, so it would never be sent";
    server_({"ZADD", key("due"), "5", "crm"});
    EXPECT_TRUE(ledger().balanced());
    EXPECT_EQ(ledger().waiting, 1);
    EXPECT_EQ(ledger().unrouted, 0);
}

TEST_F(Operator, KeyOfTheConfigurationIsMadeOnce) {
    store("crm", crm);
    const std::string key = read_config(redis_).key;
    EXPECT_EQ(key.size(), 64U);
    EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos);
    store("shop", crm);
    EXPECT_EQ(read_config(redis_).key, key);
    EXPECT_EQ(redis_.command(store::configuration_key(store::new_key())).text(), key);
    server_({"HDEL", "webhook:{config}:meta", "key"});  // as an earlier version left it
    const std::string made = read_config(redis_).key;
    EXPECT_EQ(made.size(), 64U);
    EXPECT_NE(made, key);
    EXPECT_EQ(read_config(redis_).key, made);
}

TEST_F(Operator, KeyComesBackWithTheCopy) {
    store::ConfigurationText copy;
    copy.epoch = store::new_epoch();
    copy.version = "7";
    copy.key = store::new_key();
    EXPECT_EQ(redis_.command(store::configuration_key(store::new_key())).text().size(), 64U);
    EXPECT_EQ(redis_.command(store::restore_configuration(copy)).number(), 1);
    EXPECT_EQ(read_config(redis_).key, copy.key) << "what was made for no configuration gives way";
}

TEST_F(Operator, ConfigurationIsComparedAndSet) {
    store("crm", crm);
    const Config first = read_config(redis_);
    EXPECT_EQ(first.epoch.size(), 32U);
    EXPECT_EQ(first.version, "1");
    EXPECT_EQ(first.documents.at("crm"), crm);
    store::ConfigurationChange stale;
    stale.seen_epoch = first.epoch;
    stale.seen_version = "0";
    stale.remove = {"crm"};
    EXPECT_EQ(redis_.command(store::change_configuration(stale)).number(), 0);
    EXPECT_EQ(read_config(redis_).documents.size(), 1U);
    server_({"HSET", "webhook:{config}:disabled", "crm", R"({"reason":"gone","at":5})"});
    edit_config(redis_, [](const Config& config, store::ConfigurationChange* change) {
        EXPECT_EQ(parse_disabled(config.disabled.at("crm")).reason, "gone");
        change->enable = {"crm"};
        return true;
    });
    EXPECT_TRUE(read_config(redis_).disabled.empty());
    EXPECT_EQ(read_config(redis_).epoch, first.epoch) << "the epoch is made once";
    EXPECT_EQ(read_config(redis_).version, "2");
}

TEST_F(Operator, AnEmptyListMakesTheEpoch) {
    edit_config(redis_,
                [](const Config& config, store::ConfigurationChange*) { return config.epoch.empty(); });
    EXPECT_EQ(read_config(redis_).epoch.size(), 32U);
    EXPECT_TRUE(read_config(redis_).documents.empty());
}

TEST_F(Operator, ReplayMakesANewDelivery) {
    store("crm", crm);
    add_dead("1-0/crm", record);
    const auto outcomes = replay_all();
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_TRUE(outcomes[0].replayed());
    EXPECT_EQ(outcomes[0].label, "s:0/1-0/crm");
    EXPECT_EQ(outcomes[0].new_label, "s:0/1-0/crm/1");
    EXPECT_EQ(server_({"ZCARD", key("dead")})->integer, 0);
    EXPECT_EQ(get("delivery", "1-0/crm"), "");
    const Json fresh = parse_object(get("delivery", "1-0/crm/1"));
    EXPECT_EQ(number_of(fresh, "attempts"), 0);
    EXPECT_EQ(number_of(fresh, "bytes"), 10);
    EXPECT_GT(number_of(fresh, "created"), 1700000000456);
    EXPECT_EQ(text_of(fresh, "reason"), "");
    EXPECT_EQ(get("meta", "replayed"), "1");
    EXPECT_EQ(get("meta", "dead"), "1") << "counts deaths: never falls";
    EXPECT_EQ(get("meta", "dead_bytes"), "0");
    EXPECT_EQ(get("waiting_bytes", "crm"), "10");
    EXPECT_EQ(get("refs", "1-0"), "1");
    EXPECT_NE(test::text(server_({"ZSCORE", key("due"), "crm"})), "");
    EXPECT_TRUE(ledger().created + ledger().replayed == ledger().waiting + ledger().dead);
}

TEST_F(Operator, ASecondReplayHasItsOwnId) {
    store("crm", crm);
    server_({"HSET", key("meta"), "replayed", "9"});
    add_dead("1-0/crm/9", record);
    EXPECT_EQ(replay_all().at(0).new_label, "s:0/1-0/crm/10");
}

TEST_F(Operator, ReplayStopsAtTheLimit) {
    store("crm", crm);  // three may wait
    for (int i = 1; i <= 5; ++i)
        add_dead(std::to_string(i) + "-0/crm", record);
    int replayed = 0, full = 0;
    for (const auto& outcome : replay_all()) {
        replayed += outcome.replayed();
        full += outcome.result == store::ReplayResult::full;
    }
    EXPECT_EQ(replayed, 3);
    EXPECT_EQ(full, 2);
    EXPECT_EQ(server_({"ZCARD", key("dead")})->integer, 2) << "the others stay dead letters";
}

TEST_F(Operator, ReplayRefusesWhatWouldOnlyDieAgain) {
    add_dead("1-0/crm", record);
    EXPECT_NE(replay_all().at(0).refused, nullptr) << "no such endpoint";
    store("crm", crm);
    server_({"HSET", "webhook:{config}:disabled", "crm", R"({"reason":"gone","at":5})"});
    EXPECT_NE(replay_all().at(0).refused, nullptr) << "disabled";
    server_({"DEL", "webhook:{config}:disabled"});
    server_({"DEL", key("content")});
    EXPECT_EQ(replay_all().at(0).result, store::ReplayResult::content_gone);
    EXPECT_EQ(server_({"ZCARD", key("dead")})->integer, 1);
}

TEST(Difference, NamesFieldsAndHidesSecrets) {
    const std::map<std::string, std::string> stored = {
        {"a",
         R"({"id":"a","url":"https://a.example/","sign":[{"secrets":["whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xk"]}]})"},
        {"b", R"({"id":"b","url":"https://b.example/"})"},
        {"same", R"({"id":"same","url":"https://s.example/"})"}};
    std::vector<endpoint::FieldError> errors;
    const auto wanted = endpoint::parse_file(
        R"([{"id":"a","url":"https://a2.example/","sign":[{"secrets":["whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3"]}]},
            {"id":"c","url":"https://c.example/"}, {"id":"same","url":"https://s.example/"}])",
        &errors);
    ASSERT_TRUE(wanted) << describe(errors);
    const auto changes = difference(stored, *wanted, "key");
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(changes[0].kind, Change::Kind::changed);
    ASSERT_EQ(changes[0].fields.size(), 2U);
    EXPECT_EQ(changes[0].fields[0].name, "sign");
    EXPECT_EQ(changes[0].fields[1].name, "url");
    EXPECT_EQ(changes[1].kind, Change::Kind::removed);
    EXPECT_EQ(changes[2].kind, Change::Kind::added);
    const std::string text = diff_text(changes);
    EXPECT_EQ(text.find("b2xk"), std::string::npos);
    EXPECT_EQ(text.find("bmV3"), std::string::npos);
    EXPECT_NE(text.find("redacted:"), std::string::npos);
}

TEST(Difference, FieldsOfObjectsAreNamedOneByOne) {
    const auto changes = field_changes(R"({"match":{"type":["a"],"source":["s"]}})",
                                       R"({"match":{"type":["b"],"source":["s"]}})");
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].name, "match.type");
    EXPECT_EQ(changes[0].before, R"(["a"])");
}

}  // namespace
}  // namespace webhook::ctl
