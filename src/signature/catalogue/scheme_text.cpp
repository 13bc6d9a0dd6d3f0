#include "signature/catalogue/scheme_text.hpp"

#include <utility>

#include "signature/language/directives.hpp"

namespace webhook::signature {

namespace {

using Mark = DirectiveReader::Mark;
using Statement = DirectiveReader::Statement;

/// Reads the inside of one block, which `until` ends, and adds the scheme. `head`: the line before it, which
/// is named when something is missing.
bool add_definition(std::string_view name, const Statement& head, Mark until, DirectiveReader* reader,
                    SchemeSet* set, TextError* error) {
    std::vector<Statement> statements;
    if (!reader->read_all(until, &statements, error)) return false;
    std::vector<Directive> directives;
    for (const Statement& statement : statements)
        directives.push_back(statement.words);
    LanguageError problem;
    if (set->add(name, directives, &problem)) return true;
    const bool has_place = problem.directive < statements.size();
    *error = reader->error_at(has_place ? statements[problem.directive] : head, problem.message);
    return false;
}

bool add_block(const Statement& head, DirectiveReader* reader, SchemeSet* set, TextError* error) {
    if (head.words[0] != "webhook_scheme") {
        // A file without schemes may be a file of secrets: do not repeat its words.
        *error = {head.line, "expected \"webhook_scheme NAME {\""};
        return false;
    }
    if (head.words.size() != 2) {
        *error = reader->error_at(head, "invalid number of arguments in \"webhook_scheme\"");
        return false;
    }
    return add_definition(head.words[1], head, Mark::close, reader, set, error);
}

}  // namespace

bool add_scheme_text(std::string_view name, std::string_view text, SchemeSet* set, TextError* error) {
    DirectiveReader reader(text);
    return add_definition(name, {}, Mark::end, &reader, set, error);
}

bool add_scheme_blocks(std::string_view text, SchemeSet* set, TextError* error) {
    DirectiveReader reader(text);
    Statement head;
    for (;;) {
        const bool good = reader.read(&head, error);
        if (good && head.words.empty() && head.end == Mark::end) return true;
        if (good && !head.words.empty() && head.end == Mark::open) {
            if (!add_block(head, &reader, set, error)) return false;
            continue;
        }
        if (good) *error = reader.unexpected(head);
        error->excerpt.clear();
        return false;
    }
}

}  // namespace webhook::signature
