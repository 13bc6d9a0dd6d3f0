#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "endpoint/document.hpp"
#include "endpoint/response_values.hpp"
#include "link/http_reader.hpp"
#include "worker/send/attempt.hpp"

namespace webhook::worker {

/// Parses one HTTP response. Keeps only what an attempt needs: status, two headers, the first 16 KiB of the
/// body, and for the attempt log a few more headers (at most max_headers bytes; never cookies). Long bodies
/// are not read to their end (see enough()).
class ResponseParser final : public link::HttpReader {
  public:
    static constexpr std::size_t max_kept = endpoint::max_response;
    static constexpr std::size_t max_drained = 65536;
    static constexpr std::size_t max_headers = 1024;

    ResponseParser() : HttpReader(Kind::response, Limits{}) {}

    /// Returns whether closing the connection is cheaper than reading the rest of the body.
    bool enough() const;

    /// Fills status, result, error, retry_after, response and headers. The document defines success, together
    /// with the condition `where` on the body (nullptr: none).
    void judge(const endpoint::Document& document, const endpoint::Condition* where, std::int64_t now_ms,
               Attempt* attempt);

    /// Returns the body's first bytes.
    const std::string& kept() const { return kept_; }

  private:
    void on_field(std::string_view name, std::string_view value) override;
    void on_body(std::string_view bytes) override;

    std::uint64_t seen_ = 0;  ///< bytes of the body so far
    std::string kept_, retry_after_, delivery_, encoding_, headers_;
};

/// Parses seconds or an HTTP date (RFC 9110 10.2.3) into a delay of 0 to 24 h; nothing if it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now_ms);

}  // namespace webhook::worker
