#include "module/conf/value_origin.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

#include "base/text.hpp"
#include "event/secret_text.hpp"
#include "module/conf/main_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/pool.hpp"

namespace webhook::module {

namespace {

using Names = std::vector<std::string>;
using Values = std::set<std::string>;

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// True for directives whose first word is a variable that they assign: `set`, `auth_request_set`, `js_set`,
/// and those of other modules that are named in nginx' way (`set_by_lua_block`, `set_md5`).
bool assigns(std::string_view directive) {
    return directive == "set" || ends_with(directive, "_set") || base::starts_with(directive, "set_");
}

/// True for nginx' own blocks, which another module may have, too.
bool is_value_block(const ngx_module_t& module, std::string_view directive) {
    const std::string_view name = module.name;
    return (directive == "map" && name == "ngx_http_map_module") ||
           (directive == "geo" && name == "ngx_http_geo_module");
}

bool is_watched(const ngx_module_t& module, std::string_view directive) {
    return is_value_block(module, directive) || assigns(directive);
}

/// Appends the variables in `text` as nginx reads them ("$name", "${name}", "$1"), in lower case; false when
/// one has no name or no end.
bool find_variables(std::string_view text, Names* names) {
    const auto is_letter = [](char c) { return base::is_alphanumeric(c) || c == '_'; };
    for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$')) {
        text.remove_prefix(at + 1);
        const bool bracket = base::take_prefix(&text, "{");
        const bool capture = !bracket && !text.empty() && text.front() >= '1' && text.front() <= '9';
        std::size_t length = capture ? 1 : 0;
        while (!capture && length < text.size() && is_letter(text[length]))
            ++length;
        if (length == 0) return false;
        names->push_back(base::lower(text.substr(0, length)));
        text.remove_prefix(length);
        if (bracket && !base::take_prefix(&text, "}")) return false;
    }
    return true;
}

/// nullptr: there is none.
const ngx_http_variable_t* find_variable(ngx_conf_t* cf, std::string_view name) {
    const auto* core =
        static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const ngx_array_t& keys = core->variables_keys->keys;
    const auto* key = static_cast<const ngx_hash_key_t*>(keys.elts);
    for (ngx_uint_t i = 0; i < keys.nelts; ++i)
        if (view(key[i].key) == name) return static_cast<const ngx_http_variable_t*>(key[i].value);
    const auto* prefix = static_cast<const ngx_http_variable_t*>(core->prefix_variables.elts);
    for (ngx_uint_t i = 0; i < core->prefix_variables.nelts; ++i)
        if (base::starts_with(name, view(prefix[i].name))) return prefix + i;
    return nullptr;
}

/// nginx' reader at a block, moved on without nginx noticing: a copy of the file's state with a buffer of its
/// own. It says nothing: nginx finds the same mistakes.
class Lookahead {
  public:
    explicit Lookahead(ngx_conf_t* cf)
        : cf_(cf),
          saved_(*cf),
          file_(*cf->conf_file),
          buffer_(*file_.buffer),
          silent_(*cf->log),
          pool_(ngx_create_pool(NGX_DEFAULT_POOL_SIZE, cf->log)) {
        if (pool_ == nullptr) throw std::bad_alloc();
        bytes_.assign(buffer_.start, buffer_.end);
        const auto moved = [this](const u_char* position) {
            return reinterpret_cast<u_char*>(bytes_.data()) + (position - file_.buffer->start);
        };
        buffer_.pos = moved(buffer_.pos);
        buffer_.last = moved(buffer_.last);
        buffer_.end = moved(buffer_.end);
        buffer_.start = moved(buffer_.start);
        file_.buffer = &buffer_;
        file_.dump = nullptr;
        silent_.log_level = 0;
        ngx_array_t* args = ngx_array_create(pool_.get(), 10, sizeof(ngx_str_t));
        if (args == nullptr) throw std::bad_alloc();
        cf->conf_file = &file_;
        cf->log = &silent_;
        cf->pool = pool_.get();
        cf->args = args;
    }
    ~Lookahead() { *cf_ = saved_; }
    Lookahead(const Lookahead&) = delete;
    Lookahead& operator=(const Lookahead&) = delete;

    /// Reads up to the end of the block. False: there is a mistake in it.
    bool read(char* (*handler)(ngx_conf_t*, ngx_command_t*, void*), Values* values) {
        cf_->handler = handler;
        cf_->handler_conf = reinterpret_cast<char*>(values);
        return ngx_conf_parse(cf_, nullptr) == NGX_CONF_OK;
    }

  private:
    struct DestroyPool {
        void operator()(ngx_pool_t* pool) const { ngx_destroy_pool(pool); }
    };

    ngx_conf_t* cf_;
    ngx_conf_t saved_;
    ngx_conf_file_t file_;
    ngx_buf_t buffer_;
    ngx_log_t silent_;
    std::unique_ptr<ngx_pool_t, DestroyPool> pool_;  ///< of the words: a geo may have a million
    std::string bytes_;
};

/// Reads a line of a map: "key value;", "default value;", "include file;".
char* read_line(ngx_conf_t* cf, ngx_command_t* command, void* data) {
    const auto* word = static_cast<const ngx_str_t*>(cf->args->elts);
    if (cf->args->nelts != 2) return NGX_CONF_OK;
    if (view(word[0]) == "include") return ngx_conf_include(cf, command, data);
    return guarded(cf->log, static_cast<char*>(NGX_CONF_ERROR), [&] {
        static_cast<Values*>(data)->emplace(view(word[1]));
        return static_cast<char*>(NGX_CONF_OK);
    });
}

/// Reads a line of a geo, some of whose words take no value.
char* read_geo_line(ngx_conf_t* cf, ngx_command_t* command, void* data) {
    const std::string_view word = view(*static_cast<const ngx_str_t*>(cf->args->elts));
    return word == "proxy" || word == "delete" ? NGX_CONF_OK : read_line(cf, command, data);
}

/// True for variables of a server, which the configuration fixes: a URL may hold them.
bool is_of_server(std::string_view variable) {
    return variable == "server_name" || variable == "server_port" || variable == "hostname";
}

constexpr std::string_view url_directive = "webhook_url";

}  // namespace

void ValueOrigins::watch(ngx_conf_t* cf) {
    for (ngx_module_t** module = cf->cycle->modules; *module != nullptr; ++module) {
        const ngx_command_t* command = (*module)->commands;
        if ((*module)->type != NGX_HTTP_MODULE || command == nullptr) continue;
        while (command->name.len != 0 && !is_watched(**module, view(command->name)))
            ++command;
        if (command->name.len != 0) copy_module(cf, module);
    }
}

void ValueOrigins::copy_module(ngx_conf_t* cf, ngx_module_t** module) {
    ngx_command_t* const first = (*module)->commands;
    std::size_t count = 1;  // with the empty one at the end
    for (const ngx_command_t* command = first; command->name.len != 0; ++command)
        ++count;
    auto* copy = static_cast<ngx_module_t*>(ngx_palloc(cf->pool, sizeof(ngx_module_t)));
    auto* commands = static_cast<ngx_command_t*>(ngx_palloc(cf->pool, count * sizeof(ngx_command_t)));
    if (copy == nullptr || commands == nullptr) throw std::bad_alloc();
    std::memcpy(copy, *module, sizeof *copy);
    std::memcpy(commands, first, count * sizeof *commands);
    for (std::size_t i = 0; i + 1 < count; ++i) {
        if (!is_watched(*copy, view(commands[i].name))) continue;
        originals_[commands + i] = first + i;
        commands[i].set = on_directive;
    }
    copy->commands = commands;
    replaced_.emplace_back(module, *module);
    *module = copy;
}

void ValueOrigins::finish() {
    for (const auto& [place, original] : replaced_)
        *place = original;
    *this = {};
}

char* ValueOrigins::on_directive(ngx_conf_t* cf, ngx_command_t* command, void* conf) {
    return guarded(cf->log, static_cast<char*>(NGX_CONF_ERROR), [&] {
        ValueOrigins& origins = *main_conf(cf)->origins;
        ngx_command_t* original = origins.originals_.at(command);
        return cf->args->nelts > 1 ? origins.read_along(cf, original, conf)
                                   : original->set(cf, original, conf);
    });
}

char* ValueOrigins::read_along(ngx_conf_t* cf, ngx_command_t* command, void* conf) {
    const std::string_view directive = view(command->name);
    const auto* word = static_cast<const ngx_str_t*>(cf->args->elts);
    const bool is_block = directive == "map" || directive == "geo";
    std::string_view written = view(is_block ? word[cf->args->nelts - 1] : word[1]);
    if (!base::take_prefix(&written, "$")) return command->set(cf, command, conf);  // "set_real_ip_from"
    const std::string variable = base::lower(written);

    Origin& origin = origins_[variable];
    const ngx_http_variable_t* earlier = find_variable(cf, variable);
    const bool is_foreign = earlier != nullptr && earlier->get_handler != origin.handler;
    if (is_foreign) origin.other = "a capture or another module";
    if (is_block) {
        if (!Lookahead(cf).read(directive == "map" ? read_line : read_geo_line, &origin.values))
            origin.other = "a \"" + std::string(directive) + "\" that could not be read";
    } else if (directive == "set" && cf->args->nelts == 3) {
        origin.values.emplace(view(word[2]));
    } else {
        origin.other = "\"" + std::string(directive) + "\"";
    }
    char* result = command->set(cf, command, conf);
    if (const auto* made = find_variable(cf, variable); made != nullptr) origin.handler = made->get_handler;
    return result;
}

bool ValueOrigins::note_use(ngx_conf_t* cf, std::string_view text) {
    const auto* word = static_cast<const ngx_str_t*>(cf->args->elts);
    Use use{std::string(view(word[0])), {}, here(cf)};
    if (!find_variables(text, &use.variables)) {
        // nginx' own message would show a part of a secret.
        refuse(
            cf,
            "a \"$\" begins a variable, and here it has no name or no \"}\": put a secret that holds \"$\" "
            "into a file");
        return false;
    }
    if (!use.variables.empty()) uses_.push_back(std::move(use));
    return true;
}

std::string ValueOrigins::why_chosen(ngx_conf_t* cf, const Use& use, const std::string& variable,
                                     Names* seen) const {
    const std::string name = "$" + variable;
    if (std::find(seen->begin(), seen->end(), variable) != seen->end()) return {};
    seen->push_back(variable);
    const auto found = origins_.find(variable);
    const ngx_http_variable_t* made = find_variable(cf, variable);
    if (found == origins_.end()) {
        if (use.directive == url_directive && is_of_server(variable)) return {};
        if (variable.size() == 1 && variable[0] >= '1' && variable[0] <= '9') return name + " is a capture";
        // An unknown name may be a part of a secret.
        if (made == nullptr) return "a \"$\" in it begins a variable, and there is none of this name";
        return name + " is no variable of \"map\" or \"geo\"";
    }
    const Origin& origin = found->second;
    if (!origin.other.empty()) return name + " is assigned by " + origin.other;
    if (made == nullptr || made->get_handler != origin.handler)
        return name + " is assigned by a capture, too";
    Names parts;
    for (const std::string& value : origin.values)
        find_variables(value, &parts);
    for (const std::string& part : parts) {
        std::string why = why_chosen(cf, use, part, seen);
        if (!why.empty()) return "a value of " + name + " has a variable: " + why;
    }
    return {};
}

void ValueOrigins::add_constants(const std::string& variable, Names* seen, Names* constants) const {
    const auto found = origins_.find(variable);
    if (found == origins_.end() || std::find(seen->begin(), seen->end(), variable) != seen->end()) return;
    seen->push_back(variable);
    for (const std::string& value : found->second.values) {
        Names parts;
        find_variables(value, &parts);
        if (parts.empty() && !value.empty()) constants->push_back(value);
        for (const std::string& part : parts)
            add_constants(part, seen, constants);
    }
}

std::vector<std::string> ValueOrigins::constants_of(std::string_view text) const {
    Names variables, seen, constants;
    find_variables(text, &variables);
    const bool is_one = variables.size() == 1 && text.front() == '$' &&
                        (text.size() == variables[0].size() + 1 ||
                         (text.size() == variables[0].size() + 3 && text[1] == '{'));
    if (is_one) add_constants(variables[0], &seen, &constants);
    return constants;
}

char* ValueOrigins::judge_use(ngx_conf_t* cf, const Use& use) const {
    Names seen;
    for (const std::string& variable : use.variables) {
        const std::string why = why_chosen(cf, use, variable, &seen);
        if (why.empty()) continue;
        return refuse(cf,
                      "\"%s\" must not be chosen by the client, and %s: put a \"map\" whose values are "
                      "constants between, or write the value itself",
                      use.directive.c_str(), why.c_str());
    }
    if (use.directive == url_directive) return NGX_CONF_OK;
    Names constants;
    seen.clear();
    for (const std::string& variable : use.variables)
        add_constants(variable, &seen, &constants);
    for (const std::string& value : constants) {
        const bool is_prefixed = base::starts_with(value, "file:") || base::starts_with(value, "env:");
        const std::string_view mistake =
            is_prefixed ? "is the text of a \"file:\" or \"env:\", which is not read there"
                        : event::secret_mistake(value);
        if (mistake.empty()) continue;
        const ngx_str_t what = to_ngx(mistake);
        return refuse(cf, "a value of a variable of \"%s\" %V: write the key itself", use.directive.c_str(),
                      &what);
    }
    return NGX_CONF_OK;
}

char* ValueOrigins::judge(ngx_conf_t* cf) const {
    for (const Use& use : uses_) {
        const AtPlace place(cf, use.place);
        if (char* bad = judge_use(cf, use); bad != NGX_CONF_OK) return bad;
    }
    return NGX_CONF_OK;
}

}  // namespace webhook::module
