#include "t/fuzz/target.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace webhook::fuzz {

const std::vector<Target>& targets() {
    static const std::vector<Target> all = [] {
        std::vector<Target> list;
        for (const auto& family : {event_targets(), signature_targets(), forgery_targets(), key_targets(),
                                   token_targets(), store_targets(), outgoing_targets()})
            list.insert(list.end(), family.begin(), family.end());
        return list;
    }();
    return all;
}

void broken(const char* property, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, property);
    std::abort();
}

std::string_view take_line(std::string_view* text) {
    const std::size_t end = std::min(text->find('\n'), text->size());
    const std::string_view line = text->substr(0, end);
    text->remove_prefix(std::min(end + 1, text->size()));
    return line;
}

}  // namespace webhook::fuzz
