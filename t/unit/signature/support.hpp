#pragma once

#include <openssl/hmac.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "event/request.hpp"

namespace webhook::test {

/// OpenSSL's, so that ours is not measured by itself.
inline std::string hmac(const EVP_MD* hash, const std::string& key, const std::string& text,
                        base::Encoding encoding) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(hash, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), digest, &size);
    std::string out;
    base::encode_text({reinterpret_cast<const char*>(digest), size}, encoding, &out);
    return out;
}

/// A request made of plain strings.
class PlainRequest : public event::Request {
  public:
    std::vector<std::pair<std::string, std::string>> headers;

    PlainRequest() { method = "POST"; }
    PlainRequest(const PlainRequest&) = delete;
    PlainRequest& operator=(const PlainRequest&) = delete;

    void set_url(std::string text) {
        url_ = std::move(text);
        url = url_;
        const std::size_t mark = url.find('?');
        query = mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
        path = base::path_of(url);
    }

    /// The body, cut at the given positions.
    void set_body(std::string text, const std::vector<std::size_t>& cuts = {}) {
        body_ = std::move(text);
        chunks_.clear();
        std::size_t from = 0;
        for (const std::size_t cut : cuts) {
            chunks_.push_back(std::string_view(body_).substr(from, cut - from));
            from = cut;
        }
        chunks_.push_back(std::string_view(body_).substr(from));
        body = {chunks_.data(), chunks_.size(), body_.size()};
    }

    void set_header(const std::string& name, const std::string& value) {
        remove_header(name);
        headers.emplace_back(name, value);
    }

    void remove_header(const std::string& name) {
        headers.erase(std::remove_if(headers.begin(), headers.end(),
                                     [&](const auto& each) { return same(each.first, name); }),
                      headers.end());
    }

    Header header(std::string_view name) const override {
        Header found;
        for (const auto& [each, value] : headers) {
            if (same(each, name)) found.add(value);
        }
        return found;
    }

  private:
    static bool same(std::string_view a, std::string_view b) { return base::lower(a) == base::lower(b); }

    std::string url_, body_;
    std::vector<std::string_view> chunks_;
};

}  // namespace webhook::test
