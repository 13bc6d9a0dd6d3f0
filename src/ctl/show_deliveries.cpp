#include "ctl/show_deliveries.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "ctl/output.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"

namespace webhook::ctl {

namespace {

using Cells = std::vector<std::string>;

/// The columns that waiting and dead deliveries share, and these before and after the names of the event.
Table make_table(std::vector<Column> before, std::vector<Column> after, bool tenants) {
    std::vector<Column> columns = std::move(before);
    columns.insert(columns.end(),
                   {{"DELIVERY"}, {"EVENT", false, 40}, {"TYPE", false, 30}, {"SOURCE", false, 20}});
    if (tenants) columns.push_back({"TENANT", false, 20});
    columns.insert(columns.end(), after.begin(), after.end());
    columns.insert(columns.end(), {{"ATTEMPTS", true}, {"STATUS", true}, {"LAST ERROR", false, 60}});
    return Table(std::move(columns));
}

Cells cells(const Delivery& delivery, Cells before, const Cells& after, bool tenants) {
    Cells row = std::move(before);
    row.insert(row.end(), {delivery.label(), text_of(delivery.record, "event"),
                           text_of(delivery.record, "type"), text_of(delivery.record, "source")});
    if (tenants) row.push_back(text_of(delivery.record, "tenant"));
    row.insert(row.end(), after.begin(), after.end());
    row.insert(row.end(), {std::to_string(number_of(delivery.record, "attempts")),
                           status_text(delivery.record), text_of(delivery.record, "error")});
    return row;
}

bool has_tenants(const DeliveryPage& page) {
    return std::any_of(page.deliveries.begin(), page.deliveries.end(),
                       [](const Delivery& one) { return !text_of(one.record, "tenant").empty(); });
}

void print_page(const Table& table, const DeliveryPage& page) {
    print(table.text());
    if (page.more) print_line("for more: --cursor '" + ListPlace::of(page.deliveries.back()).text() + "'");
}

}  // namespace

void print_json_page(const DeliveryPage& page, const char* score_name) {
    for (const auto& delivery : page.deliveries) {
        Json json = delivery_json(delivery, score_name);
        json["cursor"] = ListPlace::of(delivery).text();
        print_json(json);
    }
}

void show_waiting(const DeliveryPage& page) {
    const bool tenants = has_tenants(page);
    const std::int64_t now = base::now_ms();
    Table table = make_table({{"DUE"}, {"IN", true}}, {}, tenants);
    for (const auto& delivery : page.deliveries) {
        const std::int64_t left = delivery.score - now;
        table.add(cells(delivery,
                        {base::format_rfc3339_ms(delivery.score), left <= 0 ? "now" : format_span(left)}, {},
                        tenants));
    }
    print_page(table, page);
}

void show_dead(const DeliveryPage& page) {
    const bool tenants = has_tenants(page);
    Table table = make_table({{"DIED"}}, {{"REASON"}}, tenants);
    for (const auto& delivery : page.deliveries) {
        table.add(cells(delivery, {base::format_rfc3339_ms(delivery.score)},
                        {text_of(delivery.record, "reason")}, tenants));
    }
    print_page(table, page);
}

}  // namespace webhook::ctl
