#pragma once

#include <array>
#include <cstddef>
#include <forward_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "event/request.hpp"
#include "signature/keys/prepared.hpp"
#include "signature/model/outcome.hpp"
#include "signature/verify/parsed_body.hpp"

namespace webhook::signature {

/// Reads what one scheme wants of one request. Headers are looked up once; strings are made only for values
/// that must be decoded or filtered, which header schemes have none of. The body is parsed once, when the
/// first value of it is asked for.
class Evaluation {
  public:
    /// `plan`: what is read of the body. Larger bodies than `json_max` are a problem then.
    explicit Evaluation(const event::Request& request, const BodyPlan* plan = nullptr,
                        std::size_t json_max = std::string::npos)
        : request_(request), url_(request.url), plan_(plan), json_max_(json_max) {}

    event::Request::Header header(const std::string& name);

    /// A header, query or body source: false when it is absent, and after a problem with the body.
    bool read(const event::Source& source, std::string_view* value);

    /// A part of a message other than {body}, {secret} and {ts}, filters applied. Absent: empty.
    std::string_view read_part(const event::Template::Part& part);

    /// False, and a problem, when the body is compressed or larger than `json_max`.
    bool is_parsable();

    /// Elements of the repeated array of the body; what is read from then on of its elements is of one of
    /// them.
    std::size_t elements();
    void select(std::size_t element) { element_ = element; }

    /// Sets the value of {url}; the request's at first.
    void set_url(std::string_view url) { url_ = url; }

    /// The reason why the body cannot be relied on. Check it before anything that was read is trusted.
    struct Problem {
        Verdict verdict = Verdict::genuine;
        const char* reason = nullptr;
    };
    bool has_problem() const { return problem_.reason != nullptr; }
    const Problem& problem() const { return problem_; }

    const event::Request& request() const { return request_; }

  private:
    std::string& keep() { return kept_.emplace_front(); }
    bool load();
    bool is_compressed();
    void apply_filters(const event::Template::Part& part, std::string* text);
    std::string_view filtered_body(const event::Template::Part& part);

    struct Cached {
        const std::string* name;
        event::Request::Header header;
    };
    const event::Request& request_;
    std::string_view url_;
    const BodyPlan* plan_;
    std::size_t json_max_;
    std::size_t element_ = 0;
    std::unique_ptr<ParsedBody> parsed_;
    Problem problem_;
    std::array<Cached, 8> cache_;
    std::size_t cached_ = 0;
    std::forward_list<std::string> kept_;
};

/// Calls `use(item)` for each item of `value` as the rule says; stops when it returns false.
template <class Use>
void each_item(std::string_view value, const Items& items, const Prefixes& prefixes, Use use);

/// Takes the first prefix that fits off the item; false when none does.
bool take_any_prefix(const Prefixes& prefixes, std::string_view* item);

/// The signed text of one request: pieces in order, of which one kind is the body and one the secret.
class Message {
  public:
    enum class Error : unsigned char { none, missing_header };

    /// `ts` is the timestamp as received. Views stay good as long as evaluation and request.
    Error resolve(const event::Template& text, std::string_view ts, Evaluation* evaluation);

    /// Hashes it for one key: HMAC, or the plain hash with the secret where the message has it.
    base::Digest digest(const Scheme& scheme, const PreparedKey& key, const base::BodyView& body) const;

    /// Returns the plain hash, or the whole text, of messages without a secret.
    base::Digest digest(base::Hash hash, const base::BodyView& body) const;
    std::string text(const base::BodyView& body) const;
    /// Returns why a message proves nothing although its signature is right; nullptr: it proves what it says.
    const char* flaw(const Scheme& scheme, const PreparedMessage& rule, const base::BodyView& body) const;
    /// True when the whole of it is what the pattern describes (a message with the secret in it never is).
    bool looks_like(const Pattern& pattern, const base::BodyView& body) const;

  private:
    enum class Kind : unsigned char { text, body, secret };
    struct Piece {
        Kind kind;
        std::string_view text;
    };
    /// False when what follows the last secret holds control characters but tab, CR and LF, or is not UTF-8.
    /// Who saw a plain hash of a secret and a text can compute that of a longer text (length extension), but
    /// between the two lies the hash's padding, which holds NUL bytes.
    bool ends_in_text(const base::BodyView& body) const;
    bool begins_with(const Pattern& pattern, const base::BodyView& body) const;
    /// Calls `use(text)` for each text in order.
    template <class Use>
    void each_text(std::string_view secret, const base::BodyView& body, Use use) const;

    std::array<Piece, event::max_template_parts> pieces_;
    std::size_t count_ = 0;
    bool has_bracket_ = false;
};

/// The next piece of `rest` up to the separator; false at the end. `rest` is nullptr-viewed when used up.
bool next_split(std::string_view* rest, std::string_view separators, std::string_view* piece);

template <class Use>
void each_item(std::string_view value, const Items& items, const Prefixes& prefixes, Use use) {
    std::string_view item;
    std::size_t at = 0;
    while (next_split(&value, items.split, &item)) {
        const std::size_t position = at++;
        if (position < items.skip) continue;
        if (items.take != 0 && position >= items.skip + items.take) return;
        if (items.trim || !items.split.empty()) item = base::trim_blanks(item);
        if (take_any_prefix(prefixes, &item) && !use(item)) return;
    }
}

}  // namespace webhook::signature
