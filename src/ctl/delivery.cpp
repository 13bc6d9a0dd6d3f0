#include "ctl/delivery.hpp"

#include <algorithm>

#include "ctl/listed_event.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t records_at_once = 100;

/// Contents are as large as bodies: a few at once.
constexpr std::size_t contents_at_once = 8;

bool is_complete(const Delivery& delivery) {
    return delivery.record.contains("type") || !delivery.record.is_object();
}

void complete(const ListedEvent& event, Json* record) {
    if (event.fields.empty()) return;  // the content is gone
    (*record)["event"] = event.id();
    (*record)["webhook_id"] = event.webhook_id();
    (*record)["source"] = event.source();
    (*record)["type"] = event.type();
    if (const auto tenant = event.field("tenant"); !tenant.empty()) (*record)["tenant"] = tenant;
}

}  // namespace

std::string Delivery::label() const {
    return partition.label() + "/" + id;
}

std::string Delivery::event_label() const {
    return partition.label() + "/" + std::string(entry_of(id));
}

std::string_view entry_of(std::string_view delivery_id) {
    return delivery_id.substr(0, delivery_id.find('/'));
}

std::string_view endpoint_of(std::string_view delivery_id) {
    const auto slash = delivery_id.find('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view rest = delivery_id.substr(slash + 1);
    return rest.substr(0, rest.find('/'));
}

std::vector<Delivery> deliveries_from(const Partition& partition, ReplyView ids_and_scores) {
    std::vector<Delivery> deliveries;
    deliveries.reserve(ids_and_scores.size() / 2);
    for (std::size_t i = 0; i + 1 < ids_and_scores.size(); i += 2)
        deliveries.push_back(
            {partition, ids_and_scores[i].string(), ids_and_scores[i + 1].number(), Json::object()});
    return deliveries;
}

void read_records(Redis& redis, std::vector<Delivery>* deliveries) {
    for (std::size_t first = 0; first < deliveries->size(); first += records_at_once) {
        const std::size_t end = std::min(first + records_at_once, deliveries->size());
        Arguments words{"HMGET", (*deliveries)[first].partition.key("delivery")};
        for (std::size_t i = first; i < end; ++i)
            words.push_back((*deliveries)[i].id);
        const Reply records = redis.command(words);
        for (std::size_t i = first; i < end; ++i)
            (*deliveries)[i].record = parse_object(records[i - first].text());
    }
}

void complete_records(Redis& redis, std::vector<Delivery>* deliveries) {
    std::vector<Delivery*> lacking;
    for (auto& delivery : *deliveries) {
        if (!is_complete(delivery)) lacking.push_back(&delivery);
    }
    for (std::size_t first = 0; first < lacking.size(); first += contents_at_once) {
        const std::size_t end = std::min(first + contents_at_once, lacking.size());
        std::vector<Arguments> questions;
        for (std::size_t i = first; i < end; ++i) {
            questions.push_back(
                {"HGET", lacking[i]->partition.key("content"), std::string(entry_of(lacking[i]->id))});
        }
        const auto contents = redis.pipeline(questions);
        for (std::size_t i = first; i < end; ++i) {
            const Delivery& one = *lacking[i];
            complete(
                event_from_content(one.partition, std::string(entry_of(one.id)), contents[i - first].text()),
                &lacking[i]->record);
        }
    }
}

Json delivery_json(const Delivery& delivery, const char* score_name) {
    Json json{{"id", delivery.label()},
              {"stream", delivery.partition.stream},
              {"partition", delivery.partition.number},
              {"delivery", delivery.id},
              {"endpoint", endpoint_of(delivery.id)},
              {"entry", entry_of(delivery.id)}};
    json.update(delivery.record);
    json[score_name] = delivery.score;
    return json;
}

std::string status_text(const Json& record) {
    const auto status = number_of(record, "status");
    return status == 0 ? std::string() : std::to_string(status);
}

}  // namespace webhook::ctl
