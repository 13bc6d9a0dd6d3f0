#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/listed_event.hpp"
#include "ctl/output.hpp"
#include "ctl/partitions.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"
#include "store/configuration.hpp"
#include "store/operator.hpp"

namespace webhook::ctl {

namespace {

struct ListOptions {
    std::string stream;
};

struct GroupOptions {
    std::string stream, group, from = "now";
    bool destroy = false;
};

/// One consumer group of a stream, over all partitions.
struct Group {
    bool registered = false;
    std::int64_t partitions = 0, consumers = 0, pending = 0;
    std::int64_t lag = 0;             ///< entries that it has not read
    bool lag_known = true;            ///< Redis does not know it after deletions
    std::int64_t oldest = INT64_MAX;  ///< ms: when the oldest event it has not acknowledged was accepted
};

using Groups = std::map<std::pair<std::string, std::string>, Group>;

/// The fields of one element of XINFO GROUPS.
ReplyView field_of(ReplyView group, std::string_view name) {
    for (std::size_t i = 0; i + 1 < group.size(); i += 2) {
        if (group[i].text() == name) return group[i + 1];
    }
    return ReplyView();
}

/// The oldest entry that the group has not acknowledged; 0-0: there is none.
EntryId oldest_of(Redis& redis, const std::string& events, ReplyView group) {
    EntryId oldest;
    if (field_of(group, "pending").number() > 0) {
        const Reply pending = redis.command({"XPENDING", events, field_of(group, "name").string()});
        EntryId::parse(pending[1].text(), &oldest);
        return oldest;
    }
    const std::string after = "(" + field_of(group, "last-delivered-id").string();
    const Reply next = redis.command({"XRANGE", events, after, "+", "COUNT", "1"});
    if (next.size() != 0) EntryId::parse(next[0][0].text(), &oldest);
    return oldest;
}

void read_groups(Redis& redis, const Partition& partition, Groups* groups) {
    const std::string events = partition.key("events");
    const Reply registered = redis.command({"SMEMBERS", partition.key("groups")});
    for (std::size_t i = 0; i < registered.size(); ++i)
        (*groups)[{partition.stream, registered[i].string()}].registered = true;
    if (redis.command({"EXISTS", events}).number() == 0) return;
    const Reply all = redis.command({"XINFO", "GROUPS", events});
    for (std::size_t i = 0; i < all.size(); ++i) {
        Group& group = (*groups)[{partition.stream, field_of(all[i], "name").string()}];
        ++group.partitions;
        group.consumers += field_of(all[i], "consumers").number();
        group.pending += field_of(all[i], "pending").number();
        const ReplyView lag = field_of(all[i], "lag");
        group.lag += lag.number();
        group.lag_known = group.lag_known && !lag.is_nil();
        const EntryId oldest = oldest_of(redis, events, all[i]);
        if (oldest.ms != 0) group.oldest = std::min(group.oldest, static_cast<std::int64_t>(oldest.ms));
    }
}

/// What a group means for the events of the stream.
const char* role_of(const std::string& name, const Group& group) {
    if (name == "deliver") return "the worker's";
    if (!group.registered) return "not registered: holds nothing back";
    return group.partitions == 0 ? "registered, but missing: holds everything" : "registered";
}

int run_list(const Context& context, const ListOptions& options) {
    Redis redis = context.connect();
    Groups groups;
    for (const auto& partition : find_partitions(redis, options.stream))
        read_groups(redis, partition, &groups);
    const std::int64_t now = base::now_ms();
    Table table({{"STREAM"},
                 {"GROUP"},
                 {"CONSUMERS", true},
                 {"PENDING", true},
                 {"NOT READ", true},
                 {"OLDEST", true},
                 {"ROLE"}});
    for (const auto& [key, group] : groups) {
        const bool behind = group.oldest != INT64_MAX;
        const std::int64_t age = behind ? std::max<std::int64_t>(0, now - group.oldest) : 0;
        if (context.json) {
            Json json{{"stream", key.first},
                      {"group", key.second},
                      {"registered", group.registered},
                      {"missing", group.partitions == 0},
                      {"consumers", group.consumers},
                      {"pending", group.pending}};
            if (group.lag_known) json["lag"] = group.lag;
            if (behind) json["oldest_ms"] = age;
            print_json(json);
            continue;
        }
        table.add({key.first, key.second, std::to_string(group.consumers), std::to_string(group.pending),
                   group.lag_known ? std::to_string(group.lag) : "?", behind ? format_span(age) : "",
                   role_of(key.second, group)});
    }
    if (!context.json) print(table.empty() ? "no groups\n" : table.text());
    return exit_yes;
}

void check_name(const std::string& group) {
    if (!base::is_name(group)) throw Failure("the name of a group is 1 to 64 of A-Z a-z 0-9 _ . -");
    if (group == "deliver" || base::starts_with(group, "webhook-"))
        throw Failure(fmt::format("\"{}\" is a group of nginx-webhook itself: choose another name", group));
}

/// "now", "start", an entry, or a time.
std::string position_of(const std::string& from) {
    if (from == "now") return "$";
    if (from == "start") return "0";
    EntryId entry;
    if (EntryId::parse(from, &entry)) return from;
    if (const auto when = parse_when(from, base::now_ms()))
        return fmt::format("{}-0", std::max<std::int64_t>(1, *when) - 1);
    throw Failure("--from wants now, start, a time (2h, 2026-11-21T10:00:00Z) or an entry (1700000000000-0)");
}

int run_add(const Context& context, const GroupOptions& options) {
    check_name(options.group);
    const std::string position = position_of(options.from);
    Redis redis = context.connect();
    const auto partitions = find_partitions(redis, options.stream);
    redis.require_rights();
    std::int64_t added = 0;
    for (const auto& partition : partitions)
        added += redis.command(store::add_group(partition.stream, partition.number, options.group, position))
                     .number();
    if (context.json) {
        print_json(
            {{"stream", options.stream}, {"group", options.group}, {"registered", true}, {"new", added > 0}});
    } else {
        print_line(fmt::format("{}: {} {}", options.stream, options.group,
                               added > 0
                                   ? "is registered: events stay in the stream until it has acknowledged them"
                                   : "was registered already"));
    }
    return exit_yes;
}

int run_remove(const Context& context, const GroupOptions& options) {
    check_name(options.group);
    Redis redis = context.connect();
    const auto partitions = find_partitions(redis, options.stream);
    redis.require_rights();
    std::int64_t removed = 0;
    for (const auto& partition : partitions)
        removed += redis
                       .command(store::remove_group(partition.stream, partition.number, options.group,
                                                    options.destroy))
                       .number();
    redis.command(store::wake_workers());
    if (removed == 0 && !options.destroy)
        throw NotFound(fmt::format("\"{}\" is not registered (webhookctl group list)", options.group));
    if (context.json) {
        print_json({{"stream", options.stream},
                    {"group", options.group},
                    {"registered", false},
                    {"destroyed", options.destroy}});
    } else {
        print_line(fmt::format(
            "{}: {} {}", options.stream, options.group,
            options.destroy ? "is destroyed" : "is not registered any more: it holds nothing back"));
    }
    return exit_yes;
}

}  // namespace

void add_group_commands(Command& program) {
    Command family =
        program.add_family("group", "Consumer groups of other programs that read the streams",
                           "Events stay in the stream, and count against its limits, until every registered "
                           "group has acknowledged "
                           "them.\n\n"
                           "Examples:\n  webhookctl group add orders warehouse\n  webhookctl group list");
    auto list = std::make_shared<ListOptions>();
    family.add("list", "All groups, also unregistered ones", "Example:\n  webhookctl group list --json")
        .option("--stream", &list->stream, "Only of this stream")
        .run(run_list, list);
    auto add = std::make_shared<GroupOptions>();
    family
        .add("add", "Register a group, and make it where it is missing",
             "The program then reads each partition with XREADGROUP and acknowledges with XACK.\n\n"
             "Examples:\n  webhookctl group add orders warehouse\n"
             "  webhookctl group add orders warehouse --from 2h")
        .option("stream", &add->stream, "Stream")
        .required()
        .option("group", &add->group, "Group")
        .required()
        .option("--from", &add->from, "Where a new group begins: now (default), start, a time or an entry")
        .run(run_add, add);
    auto remove = std::make_shared<GroupOptions>();
    family
        .add("remove", "Take a group out of the registered ones",
             "The group itself stays, and holds nothing back, unless --destroy is given.\n\n"
             "Example:\n  webhookctl group remove orders warehouse --destroy")
        .option("stream", &remove->stream, "Stream")
        .required()
        .option("group", &remove->group, "Group")
        .required()
        .flag("--destroy", &remove->destroy, "Destroy the group, too")
        .run(run_remove, remove);
}

}  // namespace webhook::ctl
