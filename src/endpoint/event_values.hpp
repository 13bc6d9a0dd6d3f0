#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_value.hpp"
#include "endpoint/text_template.hpp"

namespace webhook::endpoint {

/// What conditions and templates may read of an event. Implemented over an entry of the stream by the worker
/// and over a file by webhookctl. The body is parsed once for all that ask. Not for several threads.
class EventValues {
  public:
    /// `cut`: the body may end in the middle of a document; the values before that count.
    explicit EventValues(bool cut = false) : cut_(cut) {}
    EventValues(const EventValues&) = delete;
    EventValues& operator=(const EventValues&) = delete;
    virtual ~EventValues() = default;

    /// A field of the entry, or the stream's name; empty: the event has none.
    virtual std::string_view attribute(std::string_view name) const = 0;

    /// The body as a document, nullptr when it is none: not JSON, over `max_body` bytes, deeper than
    /// 128 or of more than 200,000 values.
    const base::JsonValue* document() const;
    /// A value of the event alone. A missing value is no value; pointers are of the whole body.
    std::optional<base::JsonValue> value(const Operand& operand) const;

    static constexpr std::size_t max_body = 1 << 20;

  private:
    std::optional<base::JsonValue> parameter(const Operand& operand) const;
    std::optional<base::JsonValue> kept_header(std::string_view lower_case_name) const;

    bool cut_;
    mutable bool parsed_ = false;
    mutable std::unique_ptr<base::JsonValue> document_;
};

/// The value a pointer leads to from here, nullptr when there is none.
const base::JsonValue* find_value(const base::JsonValue& from, const std::vector<std::string>& tokens);

}  // namespace webhook::endpoint
