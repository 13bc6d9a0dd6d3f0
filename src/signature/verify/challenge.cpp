#include "signature/verify/challenge.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "base/urlencoded.hpp"
#include "event/values.hpp"
#include "signature/keys/key_strength.hpp"
#include "signature/keys/prepared.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;
using Params = std::map<std::string, std::string>;

/// A source and, for JSON, its place in the set of pointers.
struct Slot {
    Source source;
    int pointer = -1;
};

struct Piece {
    std::string literal;
    bool is_value = false;
    Slot slot;
    Pattern pattern;
    bool hmac = false;
    bool hash = false;  ///< followed by `literal`
    base::Encoding encoding = base::Encoding::hex;
};

struct Wanted {
    Slot slot;
    base::Digest hash;               ///< of the one right value
    std::vector<std::string> among;  ///< the right values, when there are several
};

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.size(), text.find(' '));
        if (end != 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return words;
}

}  // namespace

struct Challenges::Rule {
    bool verified = false;
    std::string method, type;
    unsigned status = 200;
    std::vector<Slot> has, absent;
    std::vector<std::pair<Slot, std::string>> when;
    std::vector<Wanted> require;
    std::vector<std::pair<std::string, Slot>> capture;
    std::vector<std::pair<std::string, std::vector<Piece>>> headers;
    std::vector<Piece> body;
};

/// The values of one request; its body is parsed when a rule first asks for something in it, and once.
class Challenges::Reading : public base::JsonSink {
  public:
    Reading(const base::PointerSet& pointers, const event::Request& request)
        : pointers_(pointers), request_(request) {}

    /// Empty when it is absent, not a text, or in a body that is too large.
    std::string_view value(const Slot& slot) {
        if (slot.source.needs_body() && request_.body.size > max_challenge_body) return {};
        if (slot.pointer < 0) return plain_value(request_, slot.source, max_challenge_body, &scratch_);
        if (!parsed_) parse();
        const std::string& found = json_[static_cast<std::size_t>(slot.pointer)];
        return found;
    }

    /// True when it was sent more than once: which one counts would be a guess.
    bool doubled(const Slot& slot) const {
        if (slot.source.kind == Source::Kind::header) return request_.header(slot.source.name).differs;
        if (slot.source.kind != Source::Kind::query) return false;
        return base::find_param(request_.query, slot.source.name).count > 1;
    }

    std::uint64_t found(int pointer, std::string_view value) override {
        json_[static_cast<std::size_t>(pointer)].assign(value);
        wanted_ &= ~(std::uint64_t{1} << pointer);
        return wanted_;
    }

  private:
    void parse() {
        parsed_ = true;
        json_.resize(pointers_.size());
        const std::size_t count = pointers_.size();
        wanted_ = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
        if (base::scan_json(pointers_, request_.body, wanted_, this)) return;
        json_.assign(count, {});
    }

    const base::PointerSet& pointers_;
    const event::Request& request_;
    bool parsed_ = false;
    std::uint64_t wanted_ = 0;
    std::vector<std::string> json_;
    std::string scratch_;
};

namespace {

/// Makes the rules of a location from those of the scheme.
class Preparation {
  public:
    Preparation(const Params& params, base::PointerSet* pointers) : params_(params), pointers_(*pointers) {}

    Slot slot(const Source& source) {
        Slot made{source, -1};
        if (source.kind == Source::Kind::json) {
            made.pointer = pointers_.add(source.pointer);
            if (made.pointer < 0) error_ = "more than 64 JSON pointers in challenges";
        }
        return made;
    }

    std::string text(const Template& from) {
        std::string out;
        for (const Template::Part& part : from.parts)
            out += part.is_value ? param(part.source.name) : part.literal;
        return out;
    }

    std::vector<Piece> pieces(const ChallengeRule& rule, const Template& from) {
        std::vector<Piece> out;
        for (const Template::Part& part : from.parts) {
            Piece& piece = out.emplace_back();
            piece.is_value = part.is_value && part.source.kind != Source::Kind::config;
            if (!piece.is_value) {
                piece.literal = part.is_value ? param(part.source.name) : part.literal;
                continue;
            }
            piece.slot = slot(part.source);
            piece.hmac = wants_hmac(part);
            piece.hash = wants_hash(part);
            if (piece.hash) {
                for (const std::string& name : hashed_params(part))
                    piece.literal += param(name);
            }
            if (piece.hmac && part.filters.front().arg == "base64") piece.encoding = base::Encoding::base64;
            const Pattern* pattern = pattern_of(rule, part.source);
            piece.pattern = pattern != nullptr ? *pattern : plain_text();
        }
        return out;
    }

    Wanted wanted(const ChallengeRule::Wanted& from) {
        const std::string value = text(from.value);
        Wanted made{slot(from.source), {}, {}};
        if (from.among)
            made.among = split_words(value);
        else if (missing_param_.empty() && !check_secret_text(value, &error_))
            error_ += " (what a challenge of \"" + from.source.text + "\" must prove)";
        else
            made.hash = hash_credential(value);
        return made;
    }

    const std::string& missing_param() const { return missing_param_; }
    const std::string& error() const { return error_; }

  private:
    std::string param(const std::string& name) {
        const auto found = params_.find(name);
        if (found != params_.end()) return found->second;
        missing_param_ = name;
        return {};
    }

    const Params& params_;
    base::PointerSet& pointers_;
    std::string missing_param_;
    std::string error_;
};

bool is_right(const Wanted& wanted, std::string_view value) {
    if (wanted.among.empty()) return equal(hash_credential(value).view(), wanted.hash.view());
    return std::any_of(wanted.among.begin(), wanted.among.end(),
                       [value](const std::string& each) { return each == "*" || each == value; });
}

}  // namespace

Challenges::Challenges() = default;
Challenges::~Challenges() = default;
Challenges::Challenges(Challenges&&) noexcept = default;
Challenges& Challenges::operator=(Challenges&&) noexcept = default;

bool Challenges::add(const ChallengeRule& from, const Params& params, std::string* error) {
    Preparation prepare(params, &pointers_);
    Rule rule;
    rule.verified = from.verified;
    rule.method = from.method;
    rule.type = from.type;
    rule.status = from.status;
    for (const Source& source : from.has)
        rule.has.push_back(prepare.slot(source));
    for (const Source& source : from.absent)
        rule.absent.push_back(prepare.slot(source));
    for (const auto& [source, value] : from.when)
        rule.when.emplace_back(prepare.slot(source), value);
    for (const ChallengeRule::Wanted& wanted : from.require)
        rule.require.push_back(prepare.wanted(wanted));
    for (const auto& [name, source] : from.capture)
        rule.capture.emplace_back(name, prepare.slot(source));
    for (const auto& [name, value] : from.headers)
        rule.headers.emplace_back(name, prepare.pieces(from, value));
    rule.body = prepare.pieces(from, from.body);
    if (!prepare.missing_param().empty()) {
        if (!from.optional) missing_param_ = prepare.missing_param();
        return true;
    }
    *error = prepare.error();
    if (error->empty()) rules_.push_back(std::move(rule));
    return error->empty();
}

bool Challenges::make(const Scheme& scheme, const Params& params, Challenges* made, std::string* error) {
    return std::all_of(scheme.challenges.begin(), scheme.challenges.end(),
                       [&](const ChallengeRule& rule) { return made->add(rule, params, error); });
}

bool Challenges::takes(Stage stage, std::string_view method) const {
    return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
        return rule.verified == (stage == Stage::verified) && rule.method == method;
    });
}

/// Applies one rule to a request.
class Challenger {
  public:
    using Rule = Challenges::Rule;
    using Reading = Challenges::Reading;

    Challenger(const Rule& rule, Reading* reading) : rule_(rule), reading_(*reading) {}

    bool applies() {
        const auto is_there = [this](const Slot& slot) { return !reading_.value(slot).empty(); };
        return std::all_of(rule_.has.begin(), rule_.has.end(), is_there) &&
               std::none_of(rule_.absent.begin(), rule_.absent.end(), is_there) &&
               std::all_of(rule_.when.begin(), rule_.when.end(),
                           [this](const auto& each) { return reading_.value(each.first) == each.second; });
    }

    Outcome answer(const HmacKey* key, Reply* reply) {
        bool right = true;
        for (const Wanted& wanted : rule_.require) {
            if (reading_.doubled(wanted.slot)) return doubled();
            right = is_right(wanted, reading_.value(wanted.slot)) && right;
        }
        if (!right) return {Verdict::forged, "the challenge's token is wrong", {}};
        reply->status = rule_.status;
        reply->type = rule_.type;
        Outcome outcome{Verdict::challenge, "answered", {}};
        for (const auto& [name, value] : rule_.headers) {
            auto& header = reply->headers.emplace_back(name, std::string());
            expand(value, key, false, &header.second, &outcome);
        }
        expand(rule_.body, key, rule_.type == "application/json", &reply->body, &outcome);
        capture(reply, &outcome);
        return outcome;
    }

  private:
    static Outcome doubled() { return {Verdict::malformed, "a value of the challenge was sent twice", {}}; }

    void expand(const std::vector<Piece>& pieces, const HmacKey* key, bool json, std::string* out,
                Outcome* outcome) {
        for (const Piece& piece : pieces) {
            if (!piece.is_value) {
                out->append(piece.literal);
                continue;
            }
            const std::string_view value = reading_.value(piece.slot);
            if (reading_.doubled(piece.slot)) {
                *outcome = doubled();
            } else if (!piece.pattern.matches(value) || (piece.hmac && key == nullptr)) {
                *outcome = {Verdict::malformed, "the challenge's text is not of the expected form", {}};
            } else if (piece.hmac) {
                base::encode_text(key->digest(value).view(), piece.encoding, out);
            } else if (piece.hash) {
                out->append(base::to_hex(
                    base::digest_of(base::Hash::sha256, std::string(value) + piece.literal).view()));
            } else if (json) {
                base::append_json(value, out);
            } else {
                out->append(value);
            }
        }
    }

    void capture(Reply* reply, Outcome* outcome) {
        for (const auto& [name, slot] : rule_.capture) {
            const std::string_view value = reading_.value(slot);
            if (value.empty()) continue;
            if (value.size() > max_captured || !plain_text().admits(value)) {
                *outcome = {Verdict::malformed, "the challenge's text is not of the expected form", {}};
                return;
            }
            reply->captured.emplace_back(name, value);
        }
    }

    const Rule& rule_;
    Reading& reading_;
};

bool Challenges::judge(Stage stage, const event::Request& request, const HmacKey* key, Outcome* outcome,
                       Reply* reply) const {
    if (rules_.empty()) return false;
    Reading reading(pointers_, request);
    for (const Rule& rule : rules_) {
        if (rule.verified != (stage == Stage::verified) || rule.method != request.method) continue;
        Challenger challenger(rule, &reading);
        if (!challenger.applies()) continue;
        *outcome = challenger.answer(key, reply);
        return true;
    }
    return false;
}

}  // namespace webhook::signature
