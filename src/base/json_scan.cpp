#include "base/json_scan.hpp"

#include <yajl/yajl_parse.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "base/yajl_handle.hpp"

namespace webhook::base {

namespace {

/// yajl's memory for one pass: a block on the stack, and the heap beyond it. Saves most of what a small body
/// costs.
class Arena {
  public:
    static void* allocate(void* ctx, std::size_t size) { return static_cast<Arena*>(ctx)->take(size); }

    static void* resize(void* ctx, void* old, std::size_t size) {
        auto* arena = static_cast<Arena*>(ctx);
        if (old != nullptr && !arena->owns(old)) return std::realloc(old, size);
        const unsigned char* end = arena->block_.data() + arena->used_;
        void* fresh = arena->take(size);
        if (fresh != nullptr && old != nullptr) {
            const auto room = static_cast<std::size_t>(end - static_cast<const unsigned char*>(old));
            std::memcpy(fresh, old, std::min(size, room));
        }
        return fresh;
    }

    static void release(void* ctx, void* memory) {
        if (!static_cast<Arena*>(ctx)->owns(memory)) std::free(memory);
    }

  private:
    void* take(std::size_t size) {
        const std::size_t rounded = (size + 15) & ~std::size_t{15};
        if (rounded < size || rounded > block_.size() - used_) return std::malloc(size);
        void* memory = block_.data() + used_;
        used_ += rounded;
        return memory;
    }

    bool owns(const void* memory) const {
        const auto* at = static_cast<const unsigned char*>(memory);
        return at >= block_.data() && at < block_.data() + block_.size();
    }

    alignas(16) std::array<unsigned char, 4096> block_;
    std::size_t used_ = 0;
};

}  // namespace

/// The state of one pass: the path of open objects and arrays, each with the node of the set it corresponds
/// to.
class JsonPass {
  public:
    enum class Mode : std::uint8_t { first, all };

    JsonPass(const PointerSet& set, Mode mode, std::uint64_t wanted, JsonSink* sink)
        : nodes_(set.nodes_),
          repeated_(mode == Mode::all ? set.repeated_ : -1),
          all_(mode == Mode::all),
          wanted_(wanted),
          sink_(sink) {
        path_[0] = {0, false, -1};
    }

    bool done() const { return !all_ && wanted_ == 0; }
    JsonProblem problem() const { return problem_; }

    int value(std::string_view text) {
        const int node = enter();
        if (!readable(text)) return 0;
        if (node >= 0) report(nodes_[static_cast<std::size_t>(node)].leaf, text);
        return more();
    }

    int nothing() {
        enter();
        return more();
    }

    int open(bool array) {
        const int node = enter();
        if (all_ && node >= 0) {
            const bool is_leaf = nodes_[static_cast<std::size_t>(node)].leaf >= 0;
            if (is_leaf || (node == repeated_ && !array)) problem_ = JsonProblem::shape;
        }
        if (++depth_ == path_.size()) return 0;
        path_[depth_] = {node, array, array ? -1L : none};
        return more();
    }

    int close() {
        --depth_;
        return 1;
    }

    int key(std::string_view text) {
        if (!readable(text)) return 0;
        Level& level = path_[depth_];
        level.next =
            level.node < 0 ? none : child(level.node, [&](const Node& node) { return node.token == text; });
        return 1;
    }

  private:
    using Node = PointerSet::Node;
    static constexpr long none = -1;

    struct Level {
        int node;  ///< of the set; -1: nothing below is wanted
        bool array;
        long next;  ///< object: node of the key just read; array: index of the last element
    };

    template <class Test>
    int child(int parent, Test test) const {
        for (int i = nodes_[static_cast<std::size_t>(parent)].child; i >= 0;) {
            const Node& node = nodes_[static_cast<std::size_t>(i)];
            if (test(node)) return i;
            i = node.sibling;
        }
        return -1;
    }

    /// The node of the value that starts here, once: a repeated key finds nothing, and is a problem when all
    /// are wanted.
    int enter() {
        if (depth_ == 0) return visit(0);
        Level& level = path_[depth_];
        if (!level.array) return visit(static_cast<int>(level.next));
        ++level.next;
        if (level.node < 0) return -1;
        if (level.node == repeated_) return element(level);
        return visit(child(level.node, [&](const Node& node) { return node.index == level.next; }));
    }

    /// Every element of the repeated array is read as its first one.
    int element(const Level& level) {
        if (level.next == max_elements) {
            problem_ = JsonProblem::elements;
            return -1;
        }
        const int node = child(level.node, [](const Node& each) { return each.index == 0; });
        forget(node);
        sink_->next_element();
        return visit(node);
    }

    void forget(int node) {
        if (node < 0) return;
        const auto at = static_cast<std::size_t>(node);
        if (at < 64)
            seen_ &= ~(std::uint64_t{1} << at);
        else if (!seen_more_.empty())
            seen_more_[at] = false;
        for (int i = nodes_[at].child; i >= 0; i = nodes_[static_cast<std::size_t>(i)].sibling)
            forget(i);
    }

    int visit(int node) {
        if (node < 0) return -1;
        const auto at = static_cast<std::size_t>(node);
        if (at < 64) {
            const std::uint64_t bit = std::uint64_t{1} << at;
            if ((seen_ & bit) != 0) return again();
            seen_ |= bit;
            return node;
        }
        if (seen_more_.empty()) seen_more_.resize(nodes_.size());
        if (seen_more_[at]) return again();
        seen_more_[at] = true;
        return node;
    }

    /// A pass over all values requires UTF-8 of every text; yajl lets overlong forms and surrogates pass.
    bool readable(std::string_view text) {
        if (all_ && !valid_utf8(text)) problem_ = JsonProblem::syntax;
        return problem_ != JsonProblem::syntax;
    }

    int again() {
        if (all_) problem_ = JsonProblem::repeated;
        return -1;
    }

    void report(int leaf, std::string_view text) {
        if (leaf < 0 || (!all_ && (wanted_ >> leaf & 1) == 0)) return;
        if (!valid_utf8(text)) {
            problem_ = JsonProblem::syntax;
            return;
        }
        const std::uint64_t still = sink_->found(leaf, text);
        if (!all_) wanted_ &= still & ~(std::uint64_t{1} << leaf);
    }

    int more() const { return problem_ == JsonProblem::none && !done() ? 1 : 0; }

    const std::vector<Node>& nodes_;
    const int repeated_;
    const bool all_;
    std::uint64_t wanted_;
    JsonProblem problem_ = JsonProblem::none;
    JsonSink* sink_;
    std::array<Level, max_json_depth + 1> path_;
    std::size_t depth_ = 0;
    std::uint64_t seen_ = 0;
    std::vector<bool> seen_more_;
};

namespace {

JsonPass* pass_of(void* ctx) {
    return static_cast<JsonPass*>(ctx);
}
std::string_view text_of(const unsigned char* text, std::size_t size) {
    return {reinterpret_cast<const char*>(text), size};
}

const yajl_callbacks callbacks = {
    [](void* ctx) { return guard_yajl([&] { return pass_of(ctx)->nothing(); }); },
    [](void* ctx, int value) {
        return guard_yajl([&] { return pass_of(ctx)->value(value != 0 ? "true" : "false"); });
    },
    nullptr,
    nullptr,
    [](void* ctx, const char* text, std::size_t size) {
        return guard_yajl([&] { return pass_of(ctx)->value({text, size}); });
    },
    [](void* ctx, const unsigned char* text, std::size_t size) {
        return guard_yajl([&] { return pass_of(ctx)->value(text_of(text, size)); });
    },
    [](void* ctx) { return guard_yajl([&] { return pass_of(ctx)->open(false); }); },
    [](void* ctx, const unsigned char* text, std::size_t size) {
        return pass_of(ctx)->key(text_of(text, size));
    },
    [](void* ctx) { return pass_of(ctx)->close(); },
    [](void* ctx) { return guard_yajl([&] { return pass_of(ctx)->open(true); }); },
    [](void* ctx) { return pass_of(ctx)->close(); },
};

long array_index(const std::string& token) {
    if (token.empty() || token.size() > 9 || (token.size() > 1 && token[0] == '0')) return -1;
    long index = 0;
    for (const char c : token) {
        if (c < '0' || c > '9') return -1;
        index = index * 10 + (c - '0');
    }
    return index;
}

}  // namespace

PointerSet::PointerSet() : nodes_(1) {}

int PointerSet::node_of(const std::vector<std::string>& tokens) {
    std::size_t at = 0;
    for (const std::string& token : tokens) {
        int next = nodes_[at].child;
        while (next >= 0 && nodes_[static_cast<std::size_t>(next)].token != token) {
            next = nodes_[static_cast<std::size_t>(next)].sibling;
        }
        if (next < 0) {
            next = static_cast<int>(nodes_.size());
            Node& node = nodes_.emplace_back();
            node.token = token;
            node.index = array_index(token);
            node.sibling = nodes_[at].child;
            nodes_[at].child = next;
        }
        at = static_cast<std::size_t>(next);
    }
    return static_cast<int>(at);
}

int PointerSet::add(const std::vector<std::string>& tokens) {
    Node& node = nodes_[static_cast<std::size_t>(node_of(tokens))];
    if (node.leaf < 0) {
        if (leaves_ == max_pointers) return -1;
        node.leaf = static_cast<int>(leaves_++);
    }
    return node.leaf;
}

std::size_t bom_length(const BodyView& body) {
    std::string_view rest = "\xef\xbb\xbf";
    const std::size_t length = rest.size();
    for (std::string_view chunk : body) {
        chunk = chunk.substr(0, rest.size());
        if (!take_prefix(&rest, chunk)) return 0;
        if (rest.empty()) return length;
    }
    return 0;
}

void PointerSet::repeat(const std::vector<std::string>& tokens) {
    repeated_ = node_of(tokens);
}

namespace {

/// Feeds the body to yajl. False when it is not JSON, or the pass ended before it was done.
bool run(JsonPass* pass, const BodyView& body) {
    Arena arena;
    yajl_alloc_funcs memory = {Arena::allocate, Arena::resize, Arena::release, &arena};
    const YajlHandle handle(yajl_alloc(&callbacks, &memory, pass));
    if (!handle) return false;
    std::size_t skip = bom_length(body);
    for (std::string_view chunk : body) {
        const std::size_t skipped = std::min(skip, chunk.size());
        chunk.remove_prefix(skipped);
        skip -= skipped;
        if (chunk.empty()) continue;
        const auto* text = reinterpret_cast<const unsigned char*>(chunk.data());
        const yajl_status status = yajl_parse(handle.get(), text, chunk.size());
        if (status == yajl_status_ok) continue;
        return status == yajl_status_client_canceled && pass->done();
    }
    const yajl_status status = yajl_complete_parse(handle.get());
    return status == yajl_status_ok || (status == yajl_status_client_canceled && pass->done());
}

}  // namespace

bool scan_json(const PointerSet& pointers, const BodyView& body, std::uint64_t wanted, JsonSink* sink) {
    JsonPass pass(pointers, JsonPass::Mode::first, wanted, sink);
    return pass.done() || run(&pass, body);
}

JsonProblem scan_all_json(const PointerSet& pointers, const BodyView& body, JsonSink* sink) {
    SurrogateScan surrogates;
    if (!std::all_of(body.begin(), body.end(),
                     [&](std::string_view chunk) { return surrogates.feed(chunk); }))
        return JsonProblem::syntax;
    JsonPass pass(pointers, JsonPass::Mode::all, 0, sink);
    if (run(&pass, body)) return pass.problem();
    return pass.problem() == JsonProblem::none ? JsonProblem::syntax : pass.problem();
}

}  // namespace webhook::base
