#include "event/path.hpp"

#include "base/text.hpp"
#include "base/urlencoded.hpp"

namespace webhook::event {

std::string_view path_segment(std::string_view path, std::size_t index, std::string* scratch) {
    while (index > 0 && base::take_prefix(&path, "/")) {
        const std::string_view segment = path.substr(0, path.find('/'));
        if (--index == 0) {
            if (segment.find('%') == std::string_view::npos) return segment;
            *scratch = base::decode_escapes(segment, {});
            return *scratch;
        }
        path.remove_prefix(segment.size());
    }
    return {};
}

}  // namespace webhook::event
