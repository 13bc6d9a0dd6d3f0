#include "worker/answer.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "event/text.hpp"

namespace webhook::worker {
namespace {

constexpr std::chrono::hours max_retry_after{24};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::optional<std::int64_t> parse_date_ms(const std::string& text) {
    for (const char* format :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm time{};
        const char* end = strptime(text.c_str(), format, &time);
        if (end != nullptr && *end == '\0') return static_cast<std::int64_t>(timegm(&time)) * 1000;
    }
    return std::nullopt;
}

/// 300 and 304 name no other place (RFC 9110, section 15.4).
bool is_redirect(int status) {
    return status >= 301 && status <= 308 && status != 304 && status != 305 && status != 306;
}

bool is_success(const endpoint::Document& document, int status) {
    if (document.success.empty()) return status >= 200 && status < 300;
    return std::binary_search(document.success.begin(), document.success.end(), status);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now_ms) {
    const std::string_view text = trimmed(value);
    const std::chrono::milliseconds longest = max_retry_after;
    std::uint64_t seconds = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (!text.empty() && end == text.data() + text.size()) {
        const auto limit = static_cast<std::uint64_t>(longest.count() / 1000);
        if (ec == std::errc::result_out_of_range) return longest;
        return std::chrono::seconds(std::min(seconds, limit));
    }
    const auto date = parse_date_ms(std::string(text));
    if (!date) return std::nullopt;
    return std::clamp(std::chrono::milliseconds(*date - now_ms), std::chrono::milliseconds(0), longest);
}

Answer::Answer() {
    eager(true);
    header_limit(max_header);
    body_limit(boost::none);
}

bool Answer::enough() const {
    return is_header_done() && seen_ > (length_ > max_drained ? max_kept : max_drained);
}

void Answer::on_field_impl(boost::beast::http::field name, string_view text, string_view value, error_code&) {
    if (name == boost::beast::http::field::retry_after) {
        retry_after_.assign(value.data(), value.size());
    } else if (name == boost::beast::http::field::unknown &&
               event::equal_names({text.data(), text.size()}, "webhook-delivery")) {
        delivery_ = trimmed({value.data(), value.size()});
    }
}

void Answer::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    length_ = length.value_or(0);
}

std::size_t Answer::on_body_impl(string_view body, error_code&) {
    seen_ += body.size();
    kept_.append(body.data(), std::min(body.size(), max_kept - kept_.size()));
    return body.size();
}

std::size_t Answer::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
    return on_body_impl(body, ec);
}

void Answer::judge(const endpoint::Document& document, std::int64_t now_ms, Attempt* attempt) {
    attempt->status = status_;
    attempt->response = std::move(kept_);
    const bool success = is_success(document, status_);
    attempt->disable = delivery_ == "disable" || (status_ == 410 && !success);
    if (success) {
        attempt->result = Attempt::Result::delivered;
        attempt->error.clear();
    } else if (attempt->disable) {
        attempt->result = Attempt::Result::gone;
        attempt->error = status_ == 410 ? "status 410: gone" : "the receiver asked to be disabled";
    } else if (delivery_ == "abort-message") {
        attempt->result = Attempt::Result::aborted;
        attempt->error = "the receiver asked to drop this message";
    } else {
        attempt->result = Attempt::Result::failed;
        attempt->error = "status " + std::to_string(status_);
        if (is_redirect(status_)) attempt->error += ": redirects are not followed";
        if (status_ == 429 || status_ == 503) attempt->retry_after = parse_retry_after(retry_after_, now_ms);
    }
}

}  // namespace webhook::worker
