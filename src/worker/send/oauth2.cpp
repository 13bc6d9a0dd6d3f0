#include "worker/send/oauth2.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "base/version.hpp"

namespace webhook::worker {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

/// Of a token whose life is not told.
constexpr seconds untold_lifetime{3600};
constexpr std::int64_t longest_lifetime = std::int64_t{30} * 86400;
constexpr std::size_t longest_token = 8192;

void append_pair(std::string_view name, std::string_view value, std::string* body) {
    body->append(body->empty() ? "" : "&").append(name).append("=");
    base::encode(value, body);
}

std::string encoded(std::string_view text) {
    std::string out;
    base::encode(text, &out);
    return out;
}

/// Returns the error code of a response, if it is one that RFC 6749 knows: anything else may be a secret.
std::string_view known_error(const Json& answer) {
    static constexpr std::array<std::string_view, 8> known{
        "invalid_request",        "invalid_client", "invalid_grant", "unauthorized_client",
        "unsupported_grant_type", "invalid_scope",  "server_error",  "temporarily_unavailable"};
    const auto error = answer.is_object() ? answer.find("error") : answer.end();
    if (!answer.is_object() || error == answer.end() || !error->is_string()) return {};
    const auto* found =
        std::find(known.begin(), known.end(), std::string_view(error->get_ref<const std::string&>()));
    return found == known.end() ? std::string_view() : *found;
}

/// Reads `expires_in`, a number or a number in a string.
seconds lifetime_of(const Json& answer) {
    const auto field = answer.find("expires_in");
    if (field == answer.end()) return untold_lifetime;
    std::int64_t value = 0;
    const bool good = field->is_string() ? base::to_number(field->get_ref<const std::string&>(), &value)
                                         : field->is_number();
    if (!good) return untold_lifetime;
    if (field->is_number()) {
        const double number = field->get<double>();
        value = number < 1 ? 1 : static_cast<std::int64_t>(std::min(number, double(longest_lifetime)));
    }
    return seconds(std::clamp<std::int64_t>(value, 1, longest_lifetime));
}

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= longest_token &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

TokenRequest token_request(const endpoint::Auth& auth, const endpoint::Url& url, bool credentials_in_body) {
    TokenRequest request;
    append_pair("grant_type", "client_credentials", &request.body);
    if (!auth.scope.empty()) append_pair("scope", auth.scope, &request.body);
    std::string authorization;
    if (credentials_in_body) {
        append_pair("client_id", auth.user, &request.body);
        append_pair("client_secret", auth.secret, &request.body);
    } else {
        authorization = "authorization: Basic ";
        base::encode_text(encoded(auth.user) + ":" + encoded(auth.secret), base::Encoding::base64,
                          &authorization);
        authorization += "\r\n";
    }
    request.head = "POST " + *url.target.fixed() + " HTTP/1.1\r\nhost: " + url.authority +
                   "\r\nuser-agent: nginx-webhook/" + std::string(version) +
                   "\r\naccept: application/json\r\n" + authorization +
                   "content-type: application/x-www-form-urlencoded\r\ncontent-length: " +
                   std::to_string(request.body.size()) + "\r\n\r\n";
    return request;
}

std::optional<TokenAnswer> read_token(int status, std::string_view body, std::string* problem) {
    const Json answer = Json::parse(body, nullptr, false);
    if (status < 200 || status > 299) {
        const std::string_view error = known_error(answer);
        *problem = "status " + std::to_string(status);
        if (!error.empty()) problem->append(" (").append(error).append(")");
        return std::nullopt;
    }
    const auto token = answer.is_object() ? answer.find("access_token") : answer.end();
    if (!answer.is_object() || token == answer.end() || !token->is_string() ||
        !is_token(token->get_ref<const std::string&>())) {
        *problem = "the response is no JSON object with an \"access_token\"";
        return std::nullopt;
    }
    const auto type = answer.find("token_type");
    if (type != answer.end() &&
        !(type->is_string() && base::equal_names(type->get_ref<const std::string&>(), "bearer"))) {
        *problem = "the \"token_type\" is not Bearer";
        return std::nullopt;
    }
    return TokenAnswer{"Bearer " + token->get<std::string>(), lifetime_of(answer)};
}

void TokenLife::granted(Time now, seconds lifetime) {
    const std::chrono::milliseconds life = lifetime;
    end_ = now + life;
    renew_at_ = end_ - std::min<std::chrono::milliseconds>(life / 5, longest_margin);
    paused_until_ = Time::min();
}

bool TokenLife::rejected(Time now) {
    if (now < next_rejection_) return false;
    next_rejection_ = now + between_rejections;
    renew_at_ = end_ = Time::min();
    return true;
}

}  // namespace webhook::worker
