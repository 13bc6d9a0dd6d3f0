#include "store/entry_id.hpp"

#include <charconv>

namespace webhook::store {

bool EntryId::parse(std::string_view text, EntryId* id) {
    const char* const end = text.data() + text.size();
    const auto ms = std::from_chars(text.data(), end, id->ms);
    if (ms.ec != std::errc{} || ms.ptr == end || *ms.ptr != '-') return false;
    const auto seq = std::from_chars(ms.ptr + 1, end, id->seq);
    return seq.ec == std::errc{} && seq.ptr == end;
}

std::string EntryId::text() const {
    char buffer[48];
    char* end = std::to_chars(buffer, buffer + 24, ms).ptr;
    *end++ = '-';
    end = std::to_chars(end, buffer + sizeof buffer, seq).ptr;
    return {buffer, static_cast<std::size_t>(end - buffer)};
}

EntryId EntryId::next() const {
    return seq == UINT64_MAX ? EntryId{ms + 1, 0} : EntryId{ms, seq + 1};
}

}  // namespace webhook::store
