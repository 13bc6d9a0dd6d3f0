#pragma once

#include <forward_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/body.hpp"
#include "event/request.hpp"
#include "signature/model/body_plan.hpp"

namespace webhook::signature {

/// The values of one document that a signature depends on. Strict: whatever two readers could understand
/// differently (a key or field that is there twice, an object where a value belongs) is a problem.
class ParsedBody : private base::JsonSink {
  public:
    explicit ParsedBody(const BodyPlan& plan) : plan_(plan) {}

    /// nullptr when it can be relied on, else what is wrong (static text). `boundary` is that of a multipart
    /// form.
    const char* load(const base::BodyView& body, std::string_view boundary = {});

    /// False when the value is absent. `element`: of which element of the repeated array. Views stay good as
    /// long as this object and the body.
    bool read(const event::Source& source, std::size_t element, std::string_view* value) const;

    /// Elements of the repeated array.
    std::size_t elements() const { return elements_; }

  private:
    struct Value {
        std::string_view text;
        bool present = false;
        std::unique_ptr<ParsedBody> inner;
    };

    std::uint64_t found(int pointer, std::string_view value) override;
    void next_element() override;

    Value& value_at(std::size_t entry, std::size_t element);
    std::string_view keep(std::string_view text);
    const char* load_json();
    const char* load_form();
    const char* load_inner();
    const char* set_field(std::size_t entry, std::string_view form);

    const BodyPlan& plan_;
    base::BodyView body_;
    std::string_view boundary_;
    std::vector<Value>
        values_;  ///< one row of all entries per element; what is in no element is in the first row
    std::size_t elements_ = 0;
    std::forward_list<std::string> kept_;
};

/// True when `text` lies in the bytes of the body.
bool lies_in(const base::BodyView& body, std::string_view text);

}  // namespace webhook::signature
