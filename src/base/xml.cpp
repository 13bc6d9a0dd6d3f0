#include "base/xml.hpp"

#include <expat.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <string_view>

#include "base/text.hpp"

namespace webhook::base {

namespace {

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

std::string_view local_name(std::string_view name) {
    return name.substr(name.rfind(':') + 1);
}

bool declares_namespace(std::string_view name) {
    return name == "xmlns" || starts_with(name, "xmlns:");
}

void trim(std::string* text) {
    static constexpr std::string_view blanks = " \t\r\n";
    text->erase(text->find_last_not_of(blanks) + 1);
    text->erase(0, std::min(text->find_first_not_of(blanks), text->size()));
}

/// The state of one pass.
class XmlPass {
  public:
    XmlPass(XML_Parser parser, const std::vector<XmlPath>& paths, std::vector<std::string>* values)
        : parser_(parser), values_(*values) {
        for (const XmlPath& path : paths)
            searches_.push_back({&path, path.back().front() == '@' ? path.size() - 1 : path.size()});
    }

    void open(std::string_view name, const XML_Char** attributes) {
        if (++depth_ > max_xml_depth) return stop();
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            Search& search = searches_[i];
            const bool follows = search.matched == depth_ - 1 && depth_ <= search.elements;
            if (search.is_done || !follows || (*search.path)[depth_ - 1] != local_name(name)) continue;
            search.matched = depth_;
            if (depth_ == search.elements) read_attribute(&search, attributes, &values_[i]);
        }
    }

    void text(std::string_view text) {
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            if (!searches_[i].is_done && searches_[i].matched == depth_ && depth_ == searches_[i].elements)
                values_[i].append(text);
        }
    }

    void close() {
        for (std::size_t i = 0; i < searches_.size(); ++i) {
            Search& search = searches_[i];
            if (search.is_done || search.matched != depth_) continue;
            search.is_done = depth_ == search.elements;
            --search.matched;
            if (search.is_done) trim(&values_[i]);
        }
        --depth_;
    }

    void stop() { XML_StopParser(parser_, XML_FALSE); }

  private:
    struct Search {
        const XmlPath* path;
        std::size_t elements;     ///< of the path, without the attribute
        std::size_t matched = 0;  ///< of them, open now
        bool is_done = false;
    };

    /// The attribute of the first element counts, also where it is absent.
    static void read_attribute(Search* search, const XML_Char** attributes, std::string* value) {
        if (search->elements == search->path->size()) return;
        search->is_done = true;
        const std::string_view wanted = std::string_view(search->path->back()).substr(1);
        for (; *attributes != nullptr; attributes += 2) {
            if (declares_namespace(attributes[0]) || local_name(attributes[0]) != wanted) continue;
            value->assign(attributes[1]);
            return trim(value);
        }
    }

    XML_Parser parser_;
    std::vector<std::string>& values_;
    std::vector<Search> searches_;
    std::size_t depth_ = 0;
};

/// No exception (out of memory) may cross expat's C frames: it ends the pass as "not XML".
template <class Call>
void guarded(void* context, Call call) noexcept {
    auto* pass = static_cast<XmlPass*>(context);
    try {
        call(pass);
    } catch (...) {
        pass->stop();
    }
}

void on_open(void* context, const XML_Char* name, const XML_Char** attributes) {
    guarded(context, [=](XmlPass* pass) { pass->open(name, attributes); });
}
void on_close(void* context, const XML_Char*) {
    guarded(context, [](XmlPass* pass) { pass->close(); });
}
void on_text(void* context, const XML_Char* text, int size) {
    guarded(context, [=](XmlPass* pass) { pass->text({text, static_cast<std::size_t>(size)}); });
}
void on_doctype(void* context, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    guarded(context, [](XmlPass* pass) { pass->stop(); });
}

XML_Error feed(XML_Parser parser, const BodyView& body) {
    for (const std::string_view chunk : body) {
        if (chunk.size() > INT_MAX) return XML_ERROR_NO_MEMORY;
        if (XML_Parse(parser, chunk.data(), static_cast<int>(chunk.size()), 0) != XML_STATUS_OK)
            return XML_GetErrorCode(parser);
    }
    return XML_Parse(parser, nullptr, 0, 1) == XML_STATUS_OK ? XML_ERROR_NONE : XML_GetErrorCode(parser);
}

/// `encoding`: instead of what the document says; nullptr: as it says.
XML_Error scan(const char* encoding, const BodyView& body, const std::vector<XmlPath>& paths,
               std::vector<std::string>* values) {
    values->assign(paths.size(), {});
    const Parser parser(XML_ParserCreate(encoding));
    if (!parser) return XML_ERROR_NO_MEMORY;
    XmlPass pass(parser.get(), paths, values);
    XML_SetUserData(parser.get(), &pass);
    XML_SetElementHandler(parser.get(), on_open, on_close);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
    return feed(parser.get(), body);
}

}  // namespace

bool find_in_xml(const BodyView& body, const std::vector<XmlPath>& paths, std::vector<std::string>* values) {
    XML_Error error = scan(nullptr, body, paths, values);
    // It says UTF-16 in letters of one byte: what .NET writes into a string and then sends as UTF-8.
    if (error == XML_ERROR_INCORRECT_ENCODING) error = scan("UTF-8", body, paths, values);
    if (error != XML_ERROR_NONE) values->assign(paths.size(), {});
    return error == XML_ERROR_NONE;
}

}  // namespace webhook::base
