#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "event/request.hpp"
#include "event/source.hpp"

namespace webhook::event {

/// Finds id, type, tenant (and a partition value) of an event. Sources and templates are compiled once; all
/// JSON pointers of one extractor are looked for in one pass over the body (yajl), which ends as soon as all
/// are found, and all elements of an XML body in another, when the first of them is asked for.
class Extractor {
  public:
    /// One list of sources ("header:x", "json:/a/b", "path:3") or templates ("{query:cid}:{query:txid}") per
    /// field; the first that yields a non-empty value wins.
    struct Fields {
        std::vector<std::string> id, type, tenant, partition;
    };

    /// Longest id and type that are kept as they are.
    static constexpr std::size_t max_name = 256;

    /// Longer ids are kept as their SHA-256 ("sha256:" and hex digits), of longer types the beginning; those
    /// with control characters are left, to be refused.
    struct Values {
        std::string id, type, tenant, partition;  ///< empty: no source yielded a value
        bool parsed = true;  ///< false: the body was needed, and was too large or not JSON
    };

    /// nullptr and a message in `error` when a source or template cannot be parsed.
    static std::unique_ptr<Extractor> make(const Fields& fields, std::string* error,
                                           SourceSet set = SourceSet::event);
    ~Extractor();

    /// Bodies over `json_max` bytes are not parsed. `values` is reused to save allocations.
    void extract(const Request& request, std::size_t json_max, Values* values) const;

    /// Headers that the id is read from: what is there twice has no one value.
    const std::vector<std::string>& id_headers() const;

    /// The variables of nginx as written ("$name", "${name}"), by their index for Request::variable().
    const std::vector<std::string>& variables() const;

    /// True when some value is a claim, which only tokens have.
    bool reads_claims() const;

  private:
    struct Impl;
    explicit Extractor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace webhook::event
