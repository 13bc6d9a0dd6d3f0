#include "event/extractor.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "base/json_scan.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "base/utf8.hpp"
#include "base/xml.hpp"
#include "event/template.hpp"
#include "event/values.hpp"

namespace webhook::event {

namespace {

/// One source or template of a field; a plain source is a template of one value.
struct Choice {
    Template text;
    std::vector<int> pointer;  ///< per part: index in the set of pointers, -1 for other sources
    std::vector<int> element;  ///< per part: index in the list of XML paths, -1 for other sources
    bool json = false;         ///< some part needs the JSON pass
};

/// The choices of one field, best first.
using Field = std::vector<Choice>;

constexpr std::size_t field_count = 4;

bool is_of(const Template::Part& part, Source::Kind kind) {
    return part.is_value && part.source.kind == kind;
}

/// The index of `item` in the list, which it is added to where it is new.
template <class Item>
std::size_t index_in(std::vector<Item>* list, const Item& item) {
    const auto found = std::find(list->begin(), list->end(), item);
    const auto index = static_cast<std::size_t>(found - list->begin());
    if (found == list->end()) list->push_back(item);
    return index;
}

bool has_controls(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return base::is_control(c); });
}

void shorten_id(std::string* id) {
    if (id->size() <= Extractor::max_name || has_controls(*id)) return;
    *id = "sha256:" + base::to_hex(base::digest_of(base::Hash::sha256, std::string_view(*id)).view());
}

/// Cuts no character in two.
void shorten_type(std::string* type) {
    if (type->size() <= Extractor::max_name || has_controls(*type)) return;
    std::size_t end = Extractor::max_name;
    const auto follows = [type](std::size_t at) {
        return (static_cast<unsigned char>((*type)[at]) & 0xc0) == 0x80;
    };
    while (end > Extractor::max_name - 4 && follows(end))
        --end;
    type->resize(end);
}

}  // namespace

struct Extractor::Impl {
    std::array<Field, field_count> fields;
    base::PointerSet pointers;
    std::vector<base::XmlPath> elements;
    std::vector<std::string> id_headers, variables;
    bool reads_claims = false;

    void note_id_headers();
    bool add(const std::vector<std::string>& texts, SourceSet set, Field* field, std::string* error);
    bool add_places(Choice* choice, std::string* error);
};

bool Extractor::Impl::add_places(Choice* choice, std::string* error) {
    for (Template::Part& part : choice->text.parts) {
        int pointer = -1, element = -1;
        if (is_of(part, Source::Kind::json)) {
            pointer = pointers.add(part.source.pointer);
            choice->json = true;
            if (pointer < 0) {
                *error = "more than 64 JSON pointers";
                return false;
            }
        }
        if (is_of(part, Source::Kind::xml))
            element = static_cast<int>(index_in(&elements, part.source.pointer));
        if (is_of(part, Source::Kind::variable)) part.source.index = index_in(&variables, part.source.text);
        reads_claims |= is_of(part, Source::Kind::claim);
        choice->pointer.push_back(pointer);
        choice->element.push_back(element);
    }
    return true;
}

void Extractor::Impl::note_id_headers() {
    for (const Choice& choice : fields.front()) {
        for (const Template::Part& part : choice.text.parts) {
            if (part.is_value && part.source.kind == Source::Kind::header)
                id_headers.push_back(part.source.name);
        }
    }
}

bool Extractor::Impl::add(const std::vector<std::string>& texts, SourceSet set, Field* field,
                          std::string* error) {
    for (const std::string& text : texts) {
        Choice choice;
        if (!parse_choice(text, set, &choice.text, error)) return false;
        if (!add_places(&choice, error)) return false;
        field->push_back(std::move(choice));
    }
    return true;
}

namespace {

/// One extraction: fields that need no JSON first, then one pass for those that do.
class Extraction : public base::JsonSink {
  public:
    Extraction(const Request& request, std::size_t json_max, const base::PointerSet& pointers,
               const std::vector<base::XmlPath>& elements, const std::array<Field, field_count>& fields,
               std::array<std::string*, field_count> out)
        : request_(request),
          json_max_(json_max),
          pointers_(pointers),
          elements_(elements),
          fields_(fields),
          out_(out) {}

    bool run() {
        bool json = false;
        for (std::size_t f = 0; f < field_count; ++f) {
            next_[f] = advance(f, 0, false);
            json = json || next_[f] < fields_[f].size();
        }
        if (!json) return parsed_;
        if (!parse()) parsed_ = false;
        for (std::size_t f = 0; f < field_count; ++f)
            advance(f, next_[f], true);
        return parsed_;
    }

    std::uint64_t found(int pointer, std::string_view value) override {
        found_.emplace_back(pointer, value);
        return still_wanted();
    }

  private:
    /// Tries the field's choices from `from` on; stops before one that needs JSON unless `json` is there. The
    /// index of that one, or the number of choices when the field is settled.
    std::size_t advance(std::size_t f, std::size_t from, bool json) {
        const Field& field = fields_[f];
        for (std::size_t i = from; i < field.size(); ++i) {
            if (field[i].json && !json) return i;
            if (expand(field[i], out_[f])) break;
        }
        return field.size();
    }

    bool parse() {
        if (request_.body.size > json_max_) return false;
        if (base::scan_json(pointers_, request_.body, still_wanted(), this)) return true;
        found_.clear();
        return false;
    }

    /// Pointers that can still decide an open field: those of its choices before the first one that is
    /// complete.
    std::uint64_t still_wanted() const {
        std::uint64_t wanted = 0;
        for (std::size_t f = 0; f < field_count; ++f) {
            for (std::size_t i = next_[f]; i < fields_[f].size(); ++i) {
                const Choice& choice = fields_[f][i];
                bool single = choice.pointer.size() == 1;
                for (const int pointer : choice.pointer) {
                    if (pointer < 0) continue;
                    const std::string_view value = json_value(pointer);
                    single = single && !value.empty();
                    if (value.empty()) wanted |= std::uint64_t{1} << pointer;
                }
                if (choice.json && single) break;
            }
        }
        return wanted;
    }

    std::string_view json_value(int pointer) const {
        for (const auto& each : found_) {
            if (each.first == pointer) return each.second;
        }
        return {};
    }

    std::string_view xml_value(int element) {
        if (found_elements_.empty()) {
            found_elements_.resize(elements_.size());
            parsed_ &= request_.body.size <= json_max_ &&
                       base::find_in_xml(request_.body, elements_, &found_elements_);
        }
        return found_elements_[static_cast<std::size_t>(element)];
    }

    std::string_view value_of(const Choice& choice, std::size_t at) {
        const Template::Part& part = choice.text.parts[at];
        const int pointer = choice.pointer[at], element = choice.element[at];
        if (pointer < 0 && element < 0) return plain_value(request_, part.source, json_max_, &scratch_);
        const std::string_view value = element < 0 ? json_value(pointer) : xml_value(element);
        return part.source.then == nullptr ? value : chained_value(part.source, value, &scratch_);
    }

    /// False, and nothing written, when none of its values is there: a template must not make one key of all
    /// events that lack them.
    bool expand(const Choice& choice, std::string* out) {
        out->clear();
        bool any = false;
        for (std::size_t i = 0; i < choice.text.parts.size(); ++i) {
            const Template::Part& part = choice.text.parts[i];
            if (part.segment != 0 && value_of(choice, choice.text.first_of_segment(i)).empty()) continue;
            if (!part.is_value) {
                out->append(part.literal);
                continue;
            }
            std::string_view value = value_of(choice, i);
            if (!part.filters.empty()) {
                filtered_.assign(value);
                for (const Filter& filter : part.filters)
                    apply_filter(filter, request_.query, &filtered_);
                value = filtered_;
            }
            any = any || !value.empty();
            out->append(value);
        }
        if (!any) out->clear();
        return any;
    }

    const Request& request_;
    const std::size_t json_max_;
    const base::PointerSet& pointers_;
    const std::vector<base::XmlPath>& elements_;
    const std::array<Field, field_count>& fields_;
    const std::array<std::string*, field_count> out_;
    std::array<std::size_t, field_count> next_{};
    std::vector<std::pair<int, std::string>> found_;
    std::vector<std::string> found_elements_;  ///< empty: the body was not read as XML
    bool parsed_ = true;
    std::string scratch_, filtered_;
};

}  // namespace

Extractor::Extractor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Extractor::~Extractor() = default;

std::unique_ptr<Extractor> Extractor::make(const Fields& fields, std::string* error, SourceSet set) {
    auto impl = std::make_unique<Impl>();
    const std::array<const std::vector<std::string>*, field_count> given = {
        &fields.id, &fields.type, &fields.tenant, &fields.partition};
    for (std::size_t f = 0; f < field_count; ++f) {
        if (!impl->add(*given[f], set, &impl->fields[f], error)) return nullptr;
    }
    impl->note_id_headers();
    return std::unique_ptr<Extractor>(new Extractor(std::move(impl)));
}

const std::vector<std::string>& Extractor::id_headers() const {
    return impl_->id_headers;
}

const std::vector<std::string>& Extractor::variables() const {
    return impl_->variables;
}

bool Extractor::reads_claims() const {
    return impl_->reads_claims;
}

void Extractor::extract(const Request& request, std::size_t json_max, Values* values) const {
    values->id.clear();
    values->type.clear();
    values->tenant.clear();
    values->partition.clear();
    Extraction extraction(request, json_max, impl_->pointers, impl_->elements, impl_->fields,
                          {&values->id, &values->type, &values->tenant, &values->partition});
    values->parsed = extraction.run();
    shorten_id(&values->id);
    shorten_type(&values->type);
}

}  // namespace webhook::event
