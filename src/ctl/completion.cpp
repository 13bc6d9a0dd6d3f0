#include "ctl/completion.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <vector>

namespace webhook::ctl {

namespace {

/// A word with its description.
struct Word {
    std::string text, about;
};

/// A command that may be given, " dead list", with what may follow.
struct Place {
    std::string path;
    std::vector<Word> commands, options;
};

std::vector<Word> options_of(const CLI::App& app, std::vector<Word> options) {
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames())
            options.push_back({"--" + name, option->get_description()});
    }
    return options;
}

/// Options of the program itself may be given after every command.
void collect(const CLI::App& app, const std::string& path, const std::vector<Word>& common,
             std::vector<Place>* places) {
    Place place{path, {}, options_of(app, common)};
    for (const CLI::App* command : app.get_subcommands({}))
        place.commands.push_back({command->get_name(), command->get_description()});
    places->push_back(place);
    for (const CLI::App* command : app.get_subcommands({}))
        collect(*command, path + " " + command->get_name(), common, places);
}

std::vector<Place> places_of(const CLI::App& program) {
    std::vector<Place> places;
    std::vector<Word> common = options_of(program, {});
    std::erase_if(common, [](const Word& word) { return word.text == "--help" || word.text == "--version"; });
    collect(program, "", common, &places);
    return places;
}

/// The patterns of a case: all commands.
std::string paths(const std::vector<Place>& places) {
    std::string text;
    for (const auto& place : places) {
        if (place.path.empty()) continue;
        text += fmt::format("{}\"{}\"", text.empty() ? "" : "|", place.path);
    }
    return text;
}

std::string words(const std::vector<Word>& list) {
    std::string text;
    for (const auto& word : list)
        text += (text.empty() ? "" : " ") + word.text;
    return text;
}

/// In single quotes, as `_describe` reads it: name and description with a colon between.
std::string described(const std::vector<Word>& list) {
    std::string text;
    for (const auto& [name, about] : list) {
        std::string plain = about;
        std::replace(plain.begin(), plain.end(), '\n', ' ');
        std::replace(plain.begin(), plain.end(), '\'', '"');
        text += fmt::format(" '{}:{}'", name, plain);
    }
    return text;
}

constexpr const char* endpoint_ids =
    R"sh(webhookctl endpoint list --json 2>/dev/null | sed -n 's/^{"id":"\([^"]*\)".*/\1/p')sh";

std::string bash_script(const std::vector<Place>& places) {
    std::string cases;
    for (const auto& place : places) {
        cases += fmt::format("        \"{}\") commands=\"{}\" options=\"{}\" ;;\n", place.path,
                             words(place.commands), words(place.options));
    }
    return fmt::format(R"sh(# Completion of webhookctl for bash.
_webhookctl() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} path="" commands="" options="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path ${{COMP_WORDS[i]}}" in
            {}) path="$path ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$path" in
{}    esac
    if [[ $before == --endpoint || $path == " endpoint "* && $path != *" add" && $word != -* ]]; then
        COMPREPLY=($(compgen -W "$({})" -- "$word"))
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    elif [[ -n $commands ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}}
complete -F _webhookctl webhookctl
)sh",
                       paths(places), cases, endpoint_ids);
}

std::string zsh_script(const std::vector<Place>& places) {
    std::string cases;
    for (const auto& place : places) {
        cases += fmt::format("        (\"{}\") commands=({}) options=({}) ;;\n", place.path,
                             described(place.commands), described(place.options));
    }
    return fmt::format(R"sh(#compdef webhookctl
# Completion of webhookctl for zsh.
_webhookctl() {{
    local word=${{words[CURRENT]}} before=${{words[CURRENT-1]}} path_="" i
    local -a commands options ids
    for ((i = 2; i < CURRENT; i++)); do
        case "$path_ ${{words[i]}}" in
            ({}) path_="$path_ ${{words[i]}}" ;;
        esac
    done
    case "$path_" in
{}    esac
    if [[ $before == --endpoint || $path_ == " endpoint "* && $path_ != *" add" && $word != -* ]]; then
        ids=(${{(f)"$({})"}})
        compadd -a ids
    elif [[ $word == -* ]]; then
        _describe -o option options
    elif (( $#commands )); then
        _describe command commands
    else
        _files
    fi
}}
if [[ $funcstack[1] == _webhookctl ]]; then _webhookctl "$@"; else compdef _webhookctl webhookctl; fi
)sh",
                       paths(places), cases, endpoint_ids);
}

}  // namespace

std::string completion_script(const CLI::App& program, const std::string& shell) {
    const auto places = places_of(program);
    return shell == "bash" ? bash_script(places) : zsh_script(places);
}

}  // namespace webhook::ctl
