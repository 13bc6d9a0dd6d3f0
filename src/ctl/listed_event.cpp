#include "ctl/listed_event.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/encoding.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"

namespace webhook::ctl {

namespace {

void put_data(std::string_view data, Json* json) {
    if (is_text(data)) {
        (*json)["data"] = data;
    } else {
        (*json)["data_base64"] = base64(data);
    }
}

/// `headers` is JSON already, `received` a number; everything else is text.
void put_field(const std::string& name, const std::string& value, Json* json) {
    if (name == "headers") {
        (*json)[name] = parse_object(value);
    } else if (name == "received") {
        (*json)[name] = std::strtoll(value.c_str(), nullptr, 10);
    } else {
        (*json)[name] = value;
    }
}

}  // namespace

std::string ListedEvent::label() const {
    return Partition{stream, partition}.label() + "/" + entry;
}

bool ListedEvent::is_called(std::string_view name) const {
    if (id() == name || (!name.empty() && field("key") == name)) return true;
    return name.starts_with("msg_") && webhook_id() == name;
}

void ListedEvent::drop_data() {
    const auto is_data = [](const auto& field) { return field.first == "data"; };
    fields.erase(std::remove_if(fields.begin(), fields.end(), is_data), fields.end());
}

ListedEvent event_from_entry(const Partition& partition, ReplyView entry) {
    ListedEvent event{{entry[0].string(), partition.stream, partition.number, {}}, 0};
    const ReplyView fields = entry[1];
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        event.fields.emplace_back(fields[i].string(), fields[i + 1].string());
    }
    event.data_bytes = event.data().size();
    return event;
}

ListedEvent event_from_content(const Partition& partition, std::string entry, std::string_view content) {
    ListedEvent event{{std::move(entry), partition.stream, partition.number, {}}, 0};
    event.unpack(content);
    event.data_bytes = event.data().size();
    return event;
}

Json event_json(const ListedEvent& event) {
    Json json{{"stream", event.stream}, {"partition", event.partition}, {"entry", event.entry}};
    for (const auto& [name, value] : event.fields) {
        if (name == "data") {
            put_data(value, &json);
        } else {
            put_field(name, value, &json);
        }
    }
    json["webhook_id"] = event.webhook_id();
    json["data_bytes"] = event.data_bytes;
    return json;
}

namespace {

std::string field_text(const std::string& name, const Json& value) {
    if (name == "data_base64") {
        std::string data;
        if (!value.is_string() || !base::decode_text(value.get<std::string>(), base::Encoding::base64, &data))
            throw Failure("the event: data_base64 is not base64");
        return data;
    }
    return value.is_string() ? value.get<std::string>() : to_text(value);
}

}  // namespace

ListedEvent event_from_json(std::string_view text) {
    const Json json = parse_json(text);
    if (!json.is_object())
        throw Failure("the event must be one JSON object, as \"webhookctl event ID --json\" prints it");
    ListedEvent event{{text_of(json, "entry"),
                       text_of(json, "stream"),
                       static_cast<unsigned>(number_of(json, "partition")),
                       {}},
                      0};
    for (const auto& [name, value] : json.items()) {
        const bool ours = name == "stream" || name == "partition" || name == "entry" ||
                          name == "webhook_id" || name == "data_bytes";
        if (ours || value.is_null()) continue;
        event.fields.emplace_back(name == "data_base64" ? "data" : name, field_text(name, value));
    }
    event.data_bytes = event.data().size();
    return event;
}

}  // namespace webhook::ctl
