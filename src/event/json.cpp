#include "event/json.hpp"

#include <yajl/yajl_parse.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "event/utf8.hpp"

namespace webhook::event {

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

struct FreeHandle {
    void operator()(yajl_handle handle) const { yajl_free(handle); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<yajl_handle>, FreeHandle>;

}  // namespace

/// The state of one pass: the path of open objects and arrays, each with the node of the set it corresponds
/// to.
class JsonPass {
  public:
    JsonPass(const PointerSet& set, std::uint64_t wanted, JsonSink* sink)
        : nodes_(set.nodes_), wanted_(wanted), sink_(sink) {
        path_[0] = {0, false, -1};
    }

    bool done() const { return wanted_ == 0; }

    int value(std::string_view text) {
        const int node = enter();
        if (node >= 0) report(nodes_[static_cast<std::size_t>(node)].leaf, text);
        return more();
    }

    int nothing() {
        enter();
        return 1;
    }

    int open(bool array) {
        const int node = enter();
        if (++depth_ == path_.size()) return 0;
        path_[depth_] = {node, array, array ? -1L : none};
        return 1;
    }

    int close() {
        --depth_;
        return 1;
    }

    int key(std::string_view text) {
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

    /// The node of the value that starts here, once: a repeated key finds nothing.
    int enter() {
        if (depth_ == 0) return visit(0);
        Level& level = path_[depth_];
        if (!level.array) return visit(static_cast<int>(level.next));
        ++level.next;
        if (level.node < 0) return -1;
        return visit(child(level.node, [&](const Node& node) { return node.index == level.next; }));
    }

    int visit(int node) {
        if (node < 0) return -1;
        const auto at = static_cast<std::size_t>(node);
        if (at < 64) {
            const std::uint64_t bit = std::uint64_t{1} << at;
            if ((seen_ & bit) != 0) return -1;
            seen_ |= bit;
            return node;
        }
        if (seen_more_.empty()) seen_more_.resize(nodes_.size());
        if (seen_more_[at]) return -1;
        seen_more_[at] = true;
        return node;
    }

    void report(int leaf, std::string_view text) {
        if (leaf < 0 || (wanted_ >> leaf & 1) == 0) return;
        bad_ = !valid_utf8(text);  // yajl lets overlong forms and surrogates pass
        if (bad_) return;
        wanted_ &= ~(std::uint64_t{1} << leaf);
        wanted_ &= sink_->found(leaf, text);
    }

    int more() const { return wanted_ != 0 && !bad_ ? 1 : 0; }

    const std::vector<Node>& nodes_;
    std::uint64_t wanted_;
    bool bad_ = false;
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

// Exceptions of a sink (out of memory) must not cross yajl's C frames: they end the pass as "not JSON".
template <class Call>
int guarded(Call call) {
    try {
        return call();
    } catch (...) {
        return 0;
    }
}

const yajl_callbacks callbacks = {
    [](void* ctx) { return guarded([&] { return pass_of(ctx)->nothing(); }); },
    [](void* ctx, int value) {
        return guarded([&] { return pass_of(ctx)->value(value != 0 ? "true" : "false"); });
    },
    nullptr,
    nullptr,
    [](void* ctx, const char* text, std::size_t size) {
        return guarded([&] { return pass_of(ctx)->value({text, size}); });
    },
    [](void* ctx, const unsigned char* text, std::size_t size) {
        return guarded([&] { return pass_of(ctx)->value(text_of(text, size)); });
    },
    [](void* ctx) { return guarded([&] { return pass_of(ctx)->open(false); }); },
    [](void* ctx, const unsigned char* text, std::size_t size) {
        return pass_of(ctx)->key(text_of(text, size));
    },
    [](void* ctx) { return pass_of(ctx)->close(); },
    [](void* ctx) { return guarded([&] { return pass_of(ctx)->open(true); }); },
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

int PointerSet::add(const std::vector<std::string>& tokens) {
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
    Node& node = nodes_[at];
    if (node.leaf < 0) {
        if (leaves_ == max_pointers) return -1;
        node.leaf = static_cast<int>(leaves_++);
    }
    return node.leaf;
}

bool scan_json(const PointerSet& pointers, const BodyView& body, std::uint64_t wanted, JsonSink* sink) {
    JsonPass pass(pointers, wanted, sink);
    if (pass.done()) return true;
    Arena arena;
    yajl_alloc_funcs memory = {Arena::allocate, Arena::resize, Arena::release, &arena};
    const Handle handle(yajl_alloc(&callbacks, &memory, &pass));
    if (!handle) return false;
    for (const std::string_view chunk : body) {
        if (chunk.empty()) continue;
        const auto* text = reinterpret_cast<const unsigned char*>(chunk.data());
        const yajl_status status = yajl_parse(handle.get(), text, chunk.size());
        if (status == yajl_status_ok) continue;
        return status == yajl_status_client_canceled && pass.done();
    }
    const yajl_status status = yajl_complete_parse(handle.get());
    return status == yajl_status_ok || (status == yajl_status_client_canceled && pass.done());
}

}  // namespace webhook::event
