#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/request.hpp"
#include "signature/verify/verifier.hpp"

namespace webhook::ctl {

/// Names as written, with their values, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A request that is held in memory, as schemes and sources read it.
class Message final : public event::Request {
  public:
    Message(std::string method, std::string url, const Headers& headers, std::string body);
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    Header header(std::string_view name) const override;
    const std::string& bytes() const { return bytes_; }

  private:
    std::string method_, url_, bytes_;
    Headers headers_;  ///< names in lower case
    std::string_view chunk_;
};

/// The word of the verdict table in docs/directives.md: "accepted" for a genuine request.
std::string_view verdict_name(signature::Verdict verdict);

/// Id and type where the scheme has them; id falls back to the hash of the content.
struct Identity {
    std::string id, type;
};
Identity identify(const signature::Scheme& scheme, const event::Request& request,
                  const signature::Outcome& outcome);

}  // namespace webhook::ctl
