#include "module/conf/scheme_block.hpp"

#include <string>
#include <vector>

#include "module/conf/main_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/pool.hpp"

namespace webhook::module {

namespace {

/// The directives of a block as nginx hands them over, each with its place.
struct Block {
    std::vector<signature::Directive> directives;
    std::vector<Place> places;
};

char* read_directive(ngx_conf_t* cf, ngx_command_t* dummy, void* data) {
    return guarded(cf->log, conf_failed, [=] {
        auto* block = static_cast<Block*>(data);
        auto* word = static_cast<ngx_str_t*>(cf->args->elts);
        if (view(word[0]) == "include") {
            if (cf->args->nelts == 2) return ngx_conf_include(cf, dummy, data);
            return refuse(cf, R"(invalid number of arguments in "include" directive)");
        }
        signature::Directive words;
        for (ngx_uint_t i = 0; i < cf->args->nelts; ++i)
            words.emplace_back(view(word[i]));
        block->directives.push_back(std::move(words));
        block->places.push_back(here(cf));
        return conf_ok;
    });
}

bool read_block(ngx_conf_t* cf, Block* block) {
    const ngx_conf_t saved = *cf;
    cf->handler = read_directive;
    cf->handler_conf = block;
    const char* result = ngx_conf_parse(cf, nullptr);
    *cf = saved;
    return result == NGX_CONF_OK;
}

}  // namespace

char* set_scheme_block(ngx_conf_t* cf, ngx_command_t* /*command*/, void* data) {
    return guarded(cf->log, conf_failed, [=] {
        signature::SchemeSet& schemes = to_main_conf(data)->schemes;
        // A copy: the words of the block take the place of this directive's.
        const std::string name(view(static_cast<ngx_str_t*>(cf->args->elts)[1]));
        const std::string problem = schemes.check_name(name);
        if (!problem.empty()) return refuse(cf, "%s", problem.c_str());
        const Place start = here(cf);
        Block block;
        if (!read_block(cf, &block)) return conf_failed;
        signature::LanguageError error;
        if (schemes.add(name, block.directives, &error)) return conf_ok;
        const AtPlace place(cf,
                            error.directive < block.places.size() ? block.places[error.directive] : start);
        return refuse(cf, "\"webhook_scheme %s\": %s", name.c_str(), error.message.c_str());
    });
}

}  // namespace webhook::module
