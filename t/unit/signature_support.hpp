#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/request.hpp"

namespace webhook::test {

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
            if (same(each, name) && found.count++ == 0) found.value = value;
        }
        return found;
    }

  private:
    static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
    static bool same(std::string_view a, std::string_view b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [](char x, char y) { return lower(x) == lower(y); });
    }

    std::string url_, body_;
    std::vector<std::string_view> chunks_;
};

}  // namespace webhook::test
