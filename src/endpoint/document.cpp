#include "endpoint/document.hpp"

#include <algorithm>

namespace webhook::endpoint {

bool may_have_body(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

bool has_body(const Document& document) {
    if (document.method == "DELETE") return !document.body.empty();
    return may_have_body(document.method);
}

Document default_document() {
    using std::chrono::hours;
    using std::chrono::minutes;
    Document document;
    document.schedule = {std::chrono::seconds(5),
                         minutes(5),
                         minutes(30),
                         hours(2),
                         hours(5),
                         hours(10),
                         hours(14),
                         hours(20),
                         hours(24)};
    return document;
}

bool is_permanent(const Document& document, int status) {
    if (document.permanent)
        return std::binary_search(document.permanent->begin(), document.permanent->end(), status);
    return document.order &&
           (status == 400 || status == 404 || status == 413 || status == 415 || status == 422);
}

}  // namespace webhook::endpoint
