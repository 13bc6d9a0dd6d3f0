#include <fmt/format.h>

#include <memory>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/delivery_filter.hpp"
#include "ctl/event_reader.hpp"
#include "ctl/event_replay.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/long_work.hpp"
#include "ctl/output.hpp"
#include "ctl/tally.hpp"
#include "ctl/time.hpp"
#include "endpoint/condition.hpp"
#include "endpoint/match_index.hpp"
#include "endpoint/stored_values.hpp"
#include "store/configuration.hpp"

namespace webhook::ctl {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t slice_events = 100, slice_bytes = 512U << 10U;
constexpr auto room_poll = 500ms;
constexpr int polls_without_room = 20;

struct ReplayOptions {
    EventFilter filter;  ///< its name: --event
    std::string endpoint, since, until, rate, cursor;
    std::size_t limit = 0;
    bool dry_run = false, verbose = false, any = false, out_of_order = false;
};

bool subscribed(const endpoint::Document& document, const ListedEvent& event) {
    if (!endpoint::wants(document.match, event.field("tenant"), event.source(), event.type())) return false;
    const auto where =
        endpoint::Condition::parse_stored(document.match.where, endpoint::Condition::Subject::event);
    return !where || where->holds(endpoint::StoredValues(event));
}

endpoint::Document document_of(const EndpointLimits& limits, const std::string& id) {
    const auto found = limits.config().documents.find(id);
    if (found == limits.config().documents.end()) throw no_endpoint(limits.config(), id);
    auto document = read_document(found->second);
    if (!document) throw unreadable_endpoint(id);
    return std::move(*document);
}

Outcome told(const std::string& endpoint, const EventOutcome& outcome) {
    Json json{{"event", outcome.label}, {"endpoint", endpoint}, {"replayed", outcome.replayed()}};
    if (outcome.replayed()) {
        json["as"] = outcome.new_label;
        return {outcome.label, true, "replayed as " + outcome.new_label, std::move(json)};
    }
    json["error"] = outcome.explanation();
    const bool needless = outcome.result == store::EventReplayResult::waiting ||
                          outcome.result == store::EventReplayResult::not_routed;
    return {outcome.label, false, std::string(outcome.explanation()), std::move(json), needless};
}

/// What a dry run counts.
struct Sums {
    std::uint64_t replayed = 0, bytes = 0, waiting = 0, not_routed = 0;
};

/// Replays the events of a range that fit to one endpoint, oldest first.
class Backfill {
  public:
    Backfill(const Context& context, Redis& redis, const ReplayOptions& options)
        : options_(options),
          redis_(redis),
          limits_(redis),
          document_(document_of(limits_, options.endpoint)),
          replayer_(redis, limits_, options.endpoint),
          pace_(Pace::parse(options.rate)),
          tally_(context, options.verbose, "replayed", options.limit) {
        if (options.out_of_order) limits_.allow_out_of_order();
        if (const char* refusal = limits_.refusal(options.endpoint)) throw NotFound(refusal);
    }

    Sums count() {
        Sums sums;
        visit([&](ListedEvent event) {
            const auto result = replayer_.judge(event);
            if (result == store::EventReplayResult::waiting) {
                ++sums.waiting;
            } else if (result == store::EventReplayResult::not_routed) {
                ++sums.not_routed;
            } else {
                ++sums.replayed;
                sums.bytes += event.bytes();
            }
            return options_.limit == 0 || sums.replayed < options_.limit;
        });
        return sums;
    }

    int run() {
        redis_.require_rights();
        const Interruption interruption;
        position_ = options_.cursor;
        visit([&](ListedEvent event) {
            bytes_ += event.bytes();
            slice_.push_back(std::move(event));
            const std::size_t most = std::min(pace_.slice(slice_events), left());
            return (slice_.size() < most && bytes_ < slice_bytes) || send();
        });
        if (!stopped_) send();
        redis_.command(store::wake_workers());
        return tally_.finish("no events", why_stopped());
    }

  private:
    std::size_t left() const {
        return options_.limit == 0 ? SIZE_MAX : options_.limit - static_cast<std::size_t>(tally_.done());
    }

    /// Calls `take` for each event until it returns false.
    template <class Take>
    void visit(const Take& take) {
        const TimeSpan time = TimeSpan::parse(options_.since, options_.until);
        const std::int64_t until = std::min(time.until, base::now_ms());
        EventReader reader(redis_, find_partitions(redis_, options_.filter.stream),
                           {EventOrder::oldest_first, time.since, until, options_.cursor});
        while (auto event = reader.next()) {
            if (!options_.filter.matches(*event)) continue;
            if (!options_.any && !subscribed(document_, *event)) continue;
            if (!take(std::move(*event))) return;
        }
    }

    /// Sends the slice; waits where the endpoint has too much waiting. False: stop.
    bool send() {
        std::vector<const ListedEvent*> rest;
        for (const auto& event : slice_)
            rest.push_back(&event);
        for (int polls = 0; !rest.empty(); ++polls) {
            const std::uint64_t before = tally_.done();
            rest = send_once(rest);
            if (tally_.done() > before) polls = 0;
            if (rest.empty()) break;
            stopped_ = Interruption::requested() || document_.paused || polls == polls_without_room;
            if (stopped_) return give_up(*rest.front());
            redis_.command(store::wake_workers());
            Interruption::sleep(room_poll);
        }
        if (!slice_.empty()) position_ = slice_.back().label();
        if (pace_.limited()) redis_.command(store::wake_workers());
        pace_.wait(slice_.size());
        slice_.clear();
        bytes_ = 0;
        stopped_ = Interruption::requested();
        return !stopped_ && left() > 0;
    }

    /// The events for which there was no room.
    std::vector<const ListedEvent*> send_once(const std::vector<const ListedEvent*>& events) {
        std::vector<const ListedEvent*> full;
        const auto outcomes = replayer_.replay(events);
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (outcomes[i].result == store::EventReplayResult::full) {
                full.push_back(events[i]);
            } else {
                tally_.add(told(options_.endpoint, outcomes[i]));
            }
        }
        return full;
    }

    /// Keeps the place before the first event that found no room. What was replayed behind it still waits,
    /// and is passed over by the run that goes on.
    bool give_up(const ListedEvent& first) {
        full_ = !Interruption::requested();
        for (const auto& event : slice_) {
            if (event.label() == first.label()) break;
            position_ = event.label();
        }
        return false;
    }

    std::string why_stopped() const {
        if (!stopped_) return {};
        const std::string why =
            full_ ? fmt::format("\"{}\" has as much waiting as it may (max_waiting, max_waiting_bytes){}; ",
                                options_.endpoint, document_.paused ? ", and is paused" : "")
                  : std::string();
        const std::string how = position_.empty() ? "the same command begins anew"
                                                  : "go on with the same command and --cursor " + position_;
        return why + how;
    }

    const ReplayOptions& options_;
    Redis& redis_;
    EndpointLimits limits_;
    endpoint::Document document_;
    EventReplayer replayer_;
    Pace pace_;
    Tally tally_;
    std::vector<ListedEvent> slice_;
    std::size_t bytes_ = 0;
    std::string position_;  ///< everything up to it was replayed
    bool stopped_ = false, full_ = false;
};

int run_range(const Context& context, const ReplayOptions& options) {
    if (options.endpoint.empty())
        throw Failure("say to which endpoint events are replayed: --endpoint ID (one event: --event ID)");
    const bool any_filter = !options.since.empty() || !options.until.empty() || !options.cursor.empty() ||
                            !options.filter.source.empty() || !options.filter.type.empty() ||
                            !options.filter.tenant.empty() || !options.filter.stream.empty();
    if (!any_filter)
        throw Failure(
            "say which events are replayed: --event, --since, --type, --source, --tenant or --stream");
    Redis redis = context.connect();
    Backfill backfill(context, redis, options);
    if (!options.dry_run) return backfill.run();
    const Sums sums = backfill.count();
    if (context.json) {
        print_json({{"dry_run", true},
                    {"count", sums.replayed},
                    {"bytes", sums.bytes},
                    {"waiting", sums.waiting},
                    {"not_routed", sums.not_routed}});
    } else {
        print_line(
            fmt::format("dry run: {} events of {} would be replayed to \"{}\"; {} wait already, {} are "
                        "not routed yet",
                        sums.replayed, format_bytes(sums.bytes), printable(options.endpoint), sums.waiting,
                        sums.not_routed));
    }
    return exit_yes;
}

/// The event with this name. Throws NotFound, or Failure when there are several.
ListedEvent one_event(Redis& redis, const EventFilter& filter) {
    constexpr std::size_t shown = 5;
    auto events = find_events(redis, filter, shown + 1);
    if (events.empty())
        throw NotFound(fmt::format("event \"{}\" was not found: it was never accepted, or has been trimmed",
                                   printable(filter.name)));
    if (events.size() == 1) return std::move(events[0]);
    std::string list;
    for (std::size_t i = 0; i < std::min(events.size(), shown); ++i)
        list += " " + events[i].label();
    throw Failure(fmt::format("several events are called \"{}\": name one of them by its entry:{}{}",
                              printable(filter.name), list, events.size() > shown ? " ..." : ""));
}

/// The endpoint that is named, or all that subscribe to the event.
std::vector<std::string> endpoints_for(const EndpointLimits& limits, const ReplayOptions& options,
                                       const ListedEvent& event) {
    std::vector<std::string> ids;
    if (!options.endpoint.empty()) {
        const auto document = document_of(limits, options.endpoint);
        if (!options.any && !subscribed(document, event)) {
            throw NotFound(
                fmt::format("\"{}\" does not subscribe to such events (its \"match\"); --any replays "
                            "it all the same",
                            options.endpoint));
        }
        return {options.endpoint};
    }
    for (const auto& [id, json] : limits.config().documents) {
        const auto document = read_document(json);
        if (document && subscribed(*document, event)) ids.push_back(id);
    }
    if (ids.empty()) throw NotFound("no endpoint subscribes to this event (--endpoint ID --any names one)");
    return ids;
}

int run_one(const Context& context, const ReplayOptions& options) {
    Redis redis = context.connect();
    EndpointLimits limits(redis);
    if (options.out_of_order) limits.allow_out_of_order();
    const ListedEvent event = one_event(redis, options.filter);
    const auto endpoints = endpoints_for(limits, options, event);
    if (!options.dry_run) redis.require_rights();
    Tally tally(context, true, "replayed", endpoints.size());
    for (const auto& endpoint : endpoints) {
        if (const char* refusal = limits.refusal(endpoint)) {
            tally.add({event.label() + " to " + endpoint,
                       false,
                       refusal,
                       {{"event", event.label()},
                        {"endpoint", endpoint},
                        {"replayed", false},
                        {"error", refusal}}});
            continue;
        }
        EventReplayer replayer(redis, limits, endpoint);
        if (options.dry_run) {
            const EventOutcome would{event.label(), "?", replayer.judge(event)};
            print_line(fmt::format("dry run: {} to {}: {}", event.label(), endpoint,
                                   would.replayed() ? "would be replayed" : would.explanation()));
            continue;
        }
        Outcome outcome = told(endpoint, replayer.replay({&event})[0]);
        outcome.label += " to " + endpoint;
        tally.add(std::move(outcome));
    }
    if (options.dry_run) return exit_yes;
    redis.command(store::wake_workers());
    return tally.finish("nothing", "");
}

int run_replay(const Context& context, const ReplayOptions& options) {
    return options.filter.name.empty() ? run_range(context, options) : run_one(context, options);
}

}  // namespace

void add_replay_command(Command& program) {
    auto options = std::make_shared<ReplayOptions>();
    EventFilter& filter = options->filter;
    program
        .add("replay", "Deliver events again, also to an endpoint that was added later",
             "Each event becomes a new delivery with the same webhook-id, counted under \"replayed\"; the "
             "oldest "
             "go first.\n"
             "Only what the endpoint's \"match\" wants, and what is still in the stream (worker setting "
             "\"retention\"). What\n"
             "waits for it already is passed over. Waits while the endpoint has max_waiting waiting. Ctrl-C "
             "stops "
             "after the\n"
             "present slice and says how to go on. Dead letters: webhookctl dead replay.\n\n"
             "Examples:\n  webhookctl replay --event evt_123\n"
             "  webhookctl replay --event evt_123 --endpoint crm\n"
             "  webhookctl replay --since 2h --type 'order.*' --endpoint crm --dry-run\n"
             "  webhookctl replay --since 7d --endpoint warehouse --rate 100/s")
        .option("--event", &filter.name, "One event: its id, key, webhook-id or entry")
        .option("--endpoint", &options->endpoint,
                "To this endpoint; with --event by default to all that subscribe to it")
        .option("--since", &options->since, "Events since: 10m (ago), Unix seconds or 2026-11-21T10:00:00Z")
        .option("--until", &options->until, "Only up to this time (default: now)")
        .option("--source", &filter.source, "Only this source (* stands for anything)")
        .option("--type", &filter.type, "Only these types (order.*)")
        .option("--tenant", &filter.tenant, "Only this tenant (* stands for anything)")
        .option("--stream", &filter.stream, "Only of this stream")
        .option("-n,--limit", &options->limit, "At most so many, the oldest (default: all)")
        .option("--rate", &options->rate, "At most so many: 50/s, 300/m, 10/h (default: all at once)")
        .option("--cursor", &options->cursor, "Go on behind this entry, where a run was interrupted")
        .flag("--dry-run", &options->dry_run, "Only count")
        .flag("--any", &options->any, "Also events that the endpoint does not subscribe to")
        .flag("--out-of-order", &options->out_of_order,
              "Also to an ordered endpoint, whose order this breaks")
        .flag("-v,--verbose", &options->verbose, "One line each, also of many")
        .run(run_replay, options);
}

}  // namespace webhook::ctl
