#include "store/script.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "store/resp.hpp"

namespace webhook::store {

std::string compact_script(std::string_view text) {
    std::string compact;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.empty() && line.substr(0, 2) != "--") compact.append(line).append("\n");
    }
    return compact;
}

std::string with_head(std::string_view body, std::initializer_list<std::string_view> parts) {
    std::string text;
    if (base::starts_with(body, "#!")) {
        const std::size_t line = body.find('\n') + 1;
        text = body.substr(0, line);
        body.remove_prefix(line);
    }
    for (const std::string_view part : parts)
        text += part;
    return compact_script(text.append(body));
}

std::string script_sha(std::string_view text) {
    return base::to_hex(base::digest_of(base::Hash::sha1, text).view());
}

std::uint64_t count_of(std::chrono::milliseconds time) {
    return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
}

Script::Script(std::string_view text) : text_(text), sha_(script_sha(text)) {}

Call::Call(const Script& script, std::string_view key) : script_(&script) {
    resp_number(1, &words_);
    resp_bulk(key, &words_);
    count_ = 2;
}

Call& Call::arg(std::string_view value) {
    resp_bulk(value, &words_);
    ++count_;
    return *this;
}

Call& Call::arg(std::uint64_t value) {
    resp_number(value, &words_);
    ++count_;
    return *this;
}

Call& Call::arg(std::chrono::milliseconds time) {
    return arg(count_of(time));
}

Call& Call::arg(std::string_view prefix, std::string_view name) {
    resp_bulk_header(prefix.size() + name.size(), &words_);
    words_.append(prefix).append(name).append("\r\n", 2);
    ++count_;
    return *this;
}

Call& Call::raw(std::string_view resp, std::size_t words) {
    words_.append(resp);
    count_ += words;
    return *this;
}

void Call::append_to(bool by_text, std::string* out) const {
    resp_array(count_ + 2, out);
    resp_bulk(by_text ? "EVAL" : "EVALSHA", out);
    resp_bulk(by_text ? script_->text() : script_->sha(), out);
    out->append(words_);
}

}  // namespace webhook::store
