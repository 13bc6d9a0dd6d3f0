#include "base/json_cut.hpp"

#include <yajl/yajl_parse.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/json_scan.hpp"
#include "base/yajl_handle.hpp"

namespace webhook::base {

namespace {

/// From the byte behind the token before a value to the byte behind the value.
struct Range {
    std::size_t begin, end;
};

/// One pass over a body that notes where the values at some pointers stand.
class CutPass {
  public:
    explicit CutPass(const Pointers& left_out) : left_out_(left_out) {}

    bool run(const BodyView& body) {
        handle_.reset(yajl_alloc(&callbacks, nullptr, this));
        if (!handle_) return false;
        std::size_t skip = bom_length(body);
        for (std::string_view chunk : body) {
            const std::size_t skipped = std::min(skip, chunk.size());
            chunk.remove_prefix(skipped);
            skip -= skipped;
            before_ += skipped;
            const auto* text = reinterpret_cast<const unsigned char*>(chunk.data());
            if (yajl_parse(handle_.get(), text, chunk.size()) != yajl_status_ok) return false;
            before_ += chunk.size();
        }
        in_chunk_ = false;
        return yajl_complete_parse(handle_.get()) == yajl_status_ok;
    }

    const std::vector<Range>& ranges() const { return ranges_; }

  private:
    static const yajl_callbacks callbacks;

    /// An open object or array: the token of the value that is read in it.
    struct Level {
        bool array;
        std::size_t next = 0;
        std::string key;
    };

    static CutPass* of(void* ctx) { return static_cast<CutPass*>(ctx); }

    /// Offset in the body behind the token that was just read.
    std::size_t here() const { return before_ + (in_chunk_ ? yajl_get_bytes_consumed(handle_.get()) : 0); }

    bool is_at(const std::vector<std::string>& pointer) const {
        return pointer.size() == path_.size() &&
               std::equal(pointer.begin(), pointer.end(), path_.begin(),
                          [](const std::string& token, const Level& level) {
                              if (level.array) return token == "*" || token == std::to_string(level.next);
                              return token == level.key;
                          });
    }

    bool is_left_out() const {
        return std::any_of(left_out_.begin(), left_out_.end(), [&](const auto& each) { return is_at(each); });
    }

    int end_of_value() {
        if (cut_depth_ == none && is_left_out()) ranges_.push_back({last_, here()});
        return step();
    }

    int step() {
        if (!path_.empty() && path_.back().array) ++path_.back().next;
        last_ = here();
        return 1;
    }

    int open(bool array) {
        if (path_.size() == max_json_depth) return 0;
        if (cut_depth_ == none && is_left_out()) {
            cut_depth_ = path_.size();
            cut_begin_ = last_;
        }
        path_.push_back({array, 0, {}});
        last_ = here();
        return 1;
    }

    int close() {
        path_.pop_back();
        if (cut_depth_ == path_.size()) {
            ranges_.push_back({cut_begin_, here()});
            cut_depth_ = none;
        }
        return step();
    }

    int key(std::string_view text) {
        path_.back().key = text;
        last_ = here();
        return 1;
    }

    static constexpr std::size_t none = SIZE_MAX;

    const Pointers& left_out_;
    YajlHandle handle_;
    std::vector<Level> path_;
    std::vector<Range> ranges_;
    std::size_t before_ = 0;  ///< bytes of the chunks before
    std::size_t last_ = 0;    ///< offset behind the token before
    std::size_t cut_depth_ = none, cut_begin_ = 0;
    bool in_chunk_ = true;
};

const yajl_callbacks CutPass::callbacks = {
    [](void* ctx) { return guard_yajl([&] { return of(ctx)->end_of_value(); }); },
    [](void* ctx, int) { return guard_yajl([&] { return of(ctx)->end_of_value(); }); },
    nullptr,
    nullptr,
    [](void* ctx, const char*, std::size_t) { return guard_yajl([&] { return of(ctx)->end_of_value(); }); },
    [](void* ctx, const unsigned char*, std::size_t) {
        return guard_yajl([&] { return of(ctx)->end_of_value(); });
    },
    [](void* ctx) { return guard_yajl([&] { return of(ctx)->open(false); }); },
    [](void* ctx, const unsigned char* text, std::size_t size) {
        return guard_yajl([&] { return of(ctx)->key({reinterpret_cast<const char*>(text), size}); });
    },
    [](void* ctx) { return guard_yajl([&] { return of(ctx)->close(); }); },
    [](void* ctx) { return guard_yajl([&] { return of(ctx)->open(true); }); },
    [](void* ctx) { return guard_yajl([&] { return of(ctx)->close(); }); },
};

/// The part of [begin, end) of the whole body that lies in a chunk which starts at `offset`.
void update_range(const BodyView& body, std::size_t begin, std::size_t end, HashState* state) {
    std::size_t offset = 0;
    for (const std::string_view chunk : body) {
        const std::size_t from = std::max(begin, offset), to = std::min(end, offset + chunk.size());
        if (from < to) state->update(chunk.substr(from - offset, to - from));
        offset += chunk.size();
    }
}

}  // namespace

void update_without(const Pointers& left_out, const BodyView& body, HashState* state) {
    CutPass pass(left_out);
    if (left_out.empty() || !pass.run(body)) return state->update(body);
    std::size_t at = 0;
    for (const Range& range : pass.ranges()) {
        update_range(body, at, range.begin, state);
        at = range.end;
    }
    update_range(body, at, body.size, state);
}

}  // namespace webhook::base
