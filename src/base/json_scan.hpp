#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/body.hpp"

namespace webhook::base {

/// Deepest nesting that is read; beyond it a document counts as not JSON.
inline constexpr std::size_t max_json_depth = 128;

/// Length of the byte order mark (UTF-8) before a document, which is skipped; 0: there is none.
std::size_t bom_length(const BodyView& body);

/// A set of JSON pointers (RFC 6901) that are looked for in one pass. Of repeated keys the first counts.
class PointerSet {
  public:
    static constexpr std::size_t max_pointers = 64;

    PointerSet();
    /// Adds the pointer once, however often it is asked for; its index, or -1 when the set is full.
    int add(const std::vector<std::string>& tokens);
    std::size_t size() const { return leaves_; }

    /// For scan_all_json: what stands under `tokens`/0 is looked for in every element of that array.
    void repeat(const std::vector<std::string>& tokens);

  private:
    friend class JsonPass;
    struct Node {
        std::string token;
        long index = -1;  ///< the token as an array index; -1: it is none
        int leaf = -1;    ///< index of the pointer that ends here
        int child = -1;   ///< first child
        int sibling = -1;
    };
    int node_of(const std::vector<std::string>& tokens);

    std::vector<Node> nodes_;
    std::size_t leaves_ = 0;
    int repeated_ = -1;
};

/// Receives the values of a pass.
class JsonSink {
  public:
    /// A string (unescaped), number (as written) or boolean was found. Returns the pointers that are still
    /// wanted, a bit each; 0 ends the pass.
    virtual std::uint64_t found(int pointer, std::string_view value) = 0;

    /// scan_all_json: the next element of the repeated array begins.
    virtual void next_element() {}

  protected:
    ~JsonSink() = default;
};

/// Looks for the `wanted` pointers (a bit each). The pass ends as soon as none is wanted any more; what
/// follows is not looked at then. False when the body is not JSON up to there (syntax, UTF-8, nesting): what
/// was reported is void.
bool scan_json(const PointerSet& pointers, const BodyView& body, std::uint64_t wanted, JsonSink* sink);

/// Most elements of a repeated array.
inline constexpr long max_elements = 1000;

/// Why a body must not be trusted by who depends on its values. `syntax`: no JSON, or readers see different
/// texts in it (UTF-8, halves of surrogate pairs); `repeated`: a key on the way to a pointer is there twice;
/// `shape`: an object or array stands where a value belongs, or an object where the repeated array does;
/// `elements`: the repeated array is too long.
enum class JsonProblem : std::uint8_t { none, syntax, repeated, shape, elements };

/// Reads the whole body and reports all pointers. What was reported is void unless the answer is `none`.
JsonProblem scan_all_json(const PointerSet& pointers, const BodyView& body, JsonSink* sink);

}  // namespace webhook::base
