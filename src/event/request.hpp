#pragma once

#include <cstddef>
#include <string_view>

#include "base/body.hpp"

namespace webhook::event {

/// The values of one request that schemes, sources and templates may read. Implemented over nginx' request by
/// the module and over plain maps by webhookctl, the worker and the tests. All views stay valid while the
/// object lives.
class Request {
  public:
    struct Header {
        std::string_view value;  ///< the first value, as received
        std::size_t count = 0;   ///< 0: absent; more than 1: sent several times
        bool differs = false;    ///< sent several times, and not always with the first value

        /// Counts one more line of that header.
        void add(std::string_view line) {
            if (count++ == 0)
                value = line;
            else
                differs |= line != value;
        }
    };

    /// `name` is lower case.
    virtual Header header(std::string_view name) const = 0;

    /// Evaluates one of Extractor::variables(). Only nginx has them.
    virtual std::string_view variable(std::size_t /*index*/) const { return {}; }

    std::string_view method;  ///< "POST"
    std::string_view url;     ///< the public URL that the sender signed, absolute where it is known
    std::string_view path;    ///< raw, as the client sent it, without the query
    std::string_view query;   ///< raw, without "?"; empty when there is none
    std::string_view claims;  ///< JSON of the token that was verified; empty before that, and without one
    base::BodyView body;

  protected:
    ~Request() = default;
};

}  // namespace webhook::event
