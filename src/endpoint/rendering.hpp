#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint/event_values.hpp"
#include "endpoint/value_filters.hpp"

namespace webhook::endpoint {

/// What templates are filled in with for one attempt of one delivery.
struct RenderInput {
    const EventValues& event;
    std::int64_t now_ms = 0;  ///< when the delivery was created: the same in all its attempts
    std::string_view webhook_id;
    unsigned attempt = 1;
    FindSecret find_secret;
};

/// Why a template could not be filled in: "body.json.user.name: {/name} is missing". What must not be shown
/// (secrets) is never in it.
struct RenderProblem {
    std::string where, what;
};

/// Evaluates expressions for one attempt; within $each with the element at hand. Stops at the first problem.
class Renderer {
  public:
    explicit Renderer(const RenderInput& input) : input_(input) {}

    enum class Result : std::uint8_t { done, left_out, failed };

    /// left_out: it is missing and may be. failed: see problem().
    Result evaluate(const Expression& expression, const std::string& where, Filtered* value);
    /// Appends the text with `encode` applied to each value; what may be missing is empty, and the result
    /// then left_out.
    Result render(const TextTemplate& text, const std::string& where, std::string (*encode)(std::string_view),
                  std::string* out);

    Result fail(const std::string& where, std::string what);
    const RenderProblem& problem() const { return problem_; }

    void enter(const base::JsonValue* element, std::size_t index) { elements_.push_back({element, index}); }
    void leave() { elements_.pop_back(); }

    /// The texts that secrets have become, for masking.
    const std::vector<std::string>& secrets() const { return secrets_; }
    const EventValues& event() const { return input_.event; }

    static constexpr std::size_t max_size = 1 << 20;  ///< of what is made, in bytes

  private:
    bool look_up(const Operand& operand, Filtered* value, std::string* error) const;
    const base::JsonValue* origin(const Operand& operand) const;

    struct Element {
        const base::JsonValue* value;
        std::size_t index;
    };
    const RenderInput& input_;
    std::vector<Element> elements_;  ///< of $each, the innermost last
    std::vector<std::string> secrets_;
    RenderProblem problem_;
};

}  // namespace webhook::endpoint
