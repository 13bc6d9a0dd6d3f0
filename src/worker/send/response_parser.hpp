#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "endpoint/document.hpp"
#include "link/http_reader.hpp"
#include "worker/send/attempt.hpp"

namespace webhook::worker {

/// One HTTP answer while it is read. Keeps only what an attempt needs: status, two headers and the first 16
/// KiB of the body. Of the body no more is read than is useful (see enough()).
class ResponseParser final : public link::HttpReader {
  public:
    static constexpr std::size_t max_kept = 16384;
    static constexpr std::size_t max_drained = 65536;

    ResponseParser() : HttpReader(Kind::response, Limits{}) {}

    /// The rest of the body is not worth reading: the connection is closed instead of kept.
    bool enough() const;

    /// Fills status, result, error, retry_after and response by the document's idea of success.
    void judge(const endpoint::Document& document, std::int64_t now_ms, Attempt* attempt);

  private:
    void on_field(std::string_view name, std::string_view value) override;
    void on_body(std::string_view bytes) override;

    std::uint64_t seen_ = 0;  ///< bytes of the body so far
    std::string kept_, retry_after_, delivery_;
};

/// Seconds or an HTTP date (RFC 9110 10.2.3) as a wait from now, 0 to 24 h; nothing when it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now_ms);

}  // namespace webhook::worker
