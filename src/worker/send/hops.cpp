#include "worker/send/hops.hpp"

#include <algorithm>
#include <deque>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace webhook::worker {
namespace {

constexpr std::size_t id_bytes = 8, mac_bytes = 16;

/// Returns whether the text has the form of an item, so that it is safe in a header.
bool is_item(std::string_view text) {
    return !text.empty() && text.size() <= Hops::longest_item &&
           std::count(text.begin(), text.end(), ':') == 2 &&
           std::all_of(text.begin(), text.end(), [](char c) { return base::is_alphanumeric(c) || c == ':'; });
}

}  // namespace

Hops::Hops(std::string_view key) {
    if (key.empty()) return;
    const signature::HmacKey base(base::Hash::sha256, key);
    key_.emplace(base::Hash::sha256, base.digest("hops").view());
    prefix_ = base::to_hex(base.digest("hops id").view().substr(0, id_bytes)) + ":";
    first_ = item(1);
}

std::string Hops::item(unsigned count) const {
    const std::string text = prefix_ + std::to_string(count);
    return text + ":" + base::to_hex(key_->digest(text).view().substr(0, mac_bytes));
}

/// Returns the count of an item of this installation; 0 if its MAC is wrong.
unsigned Hops::own_count(std::string_view text) const {
    if (text.size() <= prefix_.size()) return 0;
    const char digit = text[prefix_.size()];
    const unsigned count = digit >= '1' && digit <= '9' ? static_cast<unsigned>(digit - '0') : 0;
    return count > 0 && signature::equal(text, item(count)) ? count : 0;
}

Hops::Passage Hops::pass(std::string_view received) const {
    Passage passage;
    std::deque<std::string_view> foreign;
    while (!received.empty()) {
        const std::size_t comma = std::min(received.find(','), received.size());
        const std::string_view text = base::trim_blanks(received.substr(0, comma));
        received.remove_prefix(std::min(comma + 1, received.size()));
        if (!is_item(text)) continue;
        if (key_ && base::starts_with(text, prefix_)) {
            passage.count = std::max(passage.count, own_count(text) + 1);
            continue;
        }
        foreign.push_back(text);
        if (foreign.size() > most_foreign) foreign.pop_front();
    }
    for (const std::string_view text : foreign)
        passage.header.append(text).append(", ");
    if (key_ && !passage.is_loop()) {
        passage.header += passage.count == 1 ? first_ : item(passage.count);
    } else if (!passage.header.empty()) {
        passage.header.resize(passage.header.size() - 2);
    }
    return passage;
}

}  // namespace webhook::worker
