#include "endpoint/response_values.hpp"

#include <algorithm>

namespace webhook::endpoint {
namespace {

class ResponseValues final : public EventValues {
  public:
    explicit ResponseValues(std::string_view body) : EventValues(body.size() >= max_response), body_(body) {}

    std::string_view attribute(std::string_view name) const override {
        return name == "data" ? body_ : std::string_view();
    }

  private:
    std::string_view body_;
};

}  // namespace

bool is_success_status(const Document& document, int status) {
    if (document.success.empty()) return status >= 200 && status < 300;
    return std::binary_search(document.success.begin(), document.success.end(), status);
}

bool is_success_body(const Condition* where, std::string_view body) {
    return where == nullptr || where->holds(ResponseValues(body));
}

}  // namespace webhook::endpoint
