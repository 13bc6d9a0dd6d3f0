#include "endpoint/document.hpp"

namespace webhook::endpoint {

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

}  // namespace webhook::endpoint
