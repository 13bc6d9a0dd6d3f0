#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>

#include "endpoint/document.hpp"
#include "worker/attempt.hpp"

namespace webhook::worker {

/// One HTTP answer while it is read. Keeps only what an attempt needs: status, three headers and the first 16
/// KiB of the body. Header lines are limited to 32 KiB; of the body no more is read than is useful (see
/// enough()).
class Answer final : public boost::beast::http::basic_parser<false> {
  public:
    static constexpr std::size_t max_kept = 16384;
    static constexpr std::size_t max_drained = 65536;
    static constexpr std::uint32_t max_header = 32768;

    Answer();

    int status() const { return status_; }
    /// An interim answer (1xx): the real one follows.
    bool interim() const { return status_ >= 100 && status_ < 200; }
    /// The rest of the body is not worth reading: the connection is closed instead of kept.
    bool enough() const;

    /// Fills status, result, error, retry_after and response by the document's idea of success.
    void judge(const endpoint::Document& document, std::int64_t now_ms, Attempt* attempt);

  private:
    using string_view = boost::beast::string_view;
    using error_code = boost::beast::error_code;

    void on_request_impl(boost::beast::http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int code, string_view, int, error_code&) override { status_ = code; }
    void on_field_impl(boost::beast::http::field name, string_view text, string_view value,
                       error_code&) override;
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(string_view body, error_code&) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
    void on_finish_impl(error_code&) override {}

    int status_ = 0;
    std::uint64_t length_ = 0;  ///< announced length of the body, 0 when it is not known
    std::uint64_t seen_ = 0;    ///< bytes of the body so far
    std::string kept_, retry_after_, delivery_;
};

/// Seconds or an HTTP date (RFC 9110 10.2.3) as a wait from now, 0 to 24 h; nothing when it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now_ms);

}  // namespace webhook::worker
