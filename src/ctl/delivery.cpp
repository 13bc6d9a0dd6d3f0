#include "ctl/delivery.hpp"

namespace webhook::ctl {

std::string Delivery::label() const {
    return partition.label() + "/" + id;
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

std::vector<Delivery> read_deliveries(Redis& redis, const Partition& partition, ReplyView ids_and_scores) {
    std::vector<Delivery> deliveries;
    if (ids_and_scores.size() == 0) return deliveries;
    Arguments words{"HMGET", partition.key("delivery")};
    for (std::size_t i = 0; i + 1 < ids_and_scores.size(); i += 2)
        words.push_back(ids_and_scores[i].string());
    const Reply records = redis.command(words);
    for (std::size_t i = 0; i < records.size(); ++i) {
        deliveries.push_back({partition, ids_and_scores[2 * i].string(), ids_and_scores[2 * i + 1].number(),
                              parse_object(records[i].text())});
    }
    return deliveries;
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
