#include "worker/send/response_parser.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/time.hpp"

namespace webhook::worker {
namespace {

constexpr std::chrono::hours max_retry_after{24};

/// Returns whether the status is a redirect: 300 and 304 have no other location (RFC 9110, section 15.4).
bool is_redirect(int status) {
    return status >= 301 && status <= 308 && status != 304 && status != 305 && status != 306;
}

/// Headers of a failure that are logged: they say what the receiver, or a proxy before it, did not like.
bool is_logged(std::string_view name) {
    static constexpr std::string_view names[] = {
        "allow",           "content-type",     "location",         "request-id",
        "retry-after",     "server",           "webhook-delivery", "via",
        "x-request-id",    "www-authenticate", "cf-ray",           "x-error",
        "x-amzn-requestid"};
    return std::any_of(std::begin(names), std::end(names),
                       [name](std::string_view known) { return base::equal_names(name, known); });
}

void append_header(std::string_view name, std::string_view value, std::string* out) {
    if (out->size() + name.size() + value.size() + 3 > ResponseParser::max_headers) return;
    out->append(base::lower(name)).append(": ").append(value).append("\n");
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, std::int64_t now_ms) {
    const std::string_view text = base::trim_blanks(value);
    const std::chrono::milliseconds longest = max_retry_after;
    std::uint64_t seconds = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (!text.empty() && end == text.data() + text.size()) {
        const auto limit = static_cast<std::uint64_t>(longest.count() / 1000);
        if (ec == std::errc::result_out_of_range) return longest;
        return std::chrono::seconds(std::min(seconds, limit));
    }
    std::int64_t date = 0;
    if (!base::parse_http_date(text, &date)) return std::nullopt;
    return std::clamp(std::chrono::milliseconds(date - now_ms), std::chrono::milliseconds(0), longest);
}

bool ResponseParser::enough() const {
    return has_head() && seen_ > (announced() > max_drained ? max_kept : max_drained);
}

void ResponseParser::on_field(std::string_view name, std::string_view value) {
    if (base::equal_names(name, "retry-after")) {
        retry_after_ = value;
    } else if (base::equal_names(name, "webhook-delivery")) {
        delivery_ = value;
    } else if (base::equal_names(name, "content-encoding")) {
        encoding_ = value;
    }
    if (status_so_far() > 299 && is_logged(name)) append_header(name, value, &headers_);
}

void ResponseParser::on_body(std::string_view bytes) {
    seen_ += bytes.size();
    kept_.append(bytes.substr(0, max_kept - kept_.size()));
}

void ResponseParser::judge(const endpoint::Document& document, const endpoint::Condition* where,
                           std::int64_t now_ms, Attempt* attempt) {
    attempt->status = status();
    attempt->response = std::move(kept_);
    if (!encoding_.empty() && !attempt->response.empty())
        append_header("content-encoding", encoding_, &headers_);
    attempt->headers = std::move(headers_);
    const bool good_status = endpoint::is_success_status(document, status());
    const bool success = good_status && endpoint::is_success_body(where, attempt->response);
    attempt->disable = delivery_ == "disable";
    if (success) {
        attempt->result = Attempt::Result::delivered;
        attempt->error.clear();
    } else if (delivery_ == "abort-message") {
        attempt->result = Attempt::Result::aborted;
        attempt->error = "the receiver asked to drop this message";
    } else {
        attempt->result = Attempt::Result::failed;
        attempt->error = "status " + std::to_string(status());
        if (good_status) attempt->error += ": the body is not what success.where wants";
        if (is_redirect(status())) attempt->error += ": redirects are not followed";
        if (attempt->disable) attempt->error += ": the receiver asked to be disabled";
        if (status() == 429 || status() == 503)
            attempt->retry_after = parse_retry_after(retry_after_, now_ms);
    }
}

}  // namespace webhook::worker
