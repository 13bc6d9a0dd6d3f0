#include "module/conf/rewrite_check.hpp"

#include <cstring>
#include <string_view>

#include "module/ngx/conf_error.hpp"
#include "module/ngx/core_conf.hpp"

namespace webhook::module {

namespace {

/// The rewrite module's compiled `return`, `rewrite`, `if` and `set` of a location, as words: nginx aligns
/// each instruction to a pointer, and its first word is the function that carries it out.
class Codes {
  public:
    explicit Codes(const ngx_array_t& codes)
        : bytes_(static_cast<const u_char*>(codes.elts)), size_(codes.nelts * codes.size) {}

    bool at_end() const { return at_ + sizeof(void*) > size_; }
    void next() { at_ += sizeof(void*); }
    std::size_t at() const { return at_; }

    template <class Code>
    bool is(void (*function)(ngx_http_script_engine_t*), Code* code) const {
        if (at_ + sizeof(Code) > size_) return false;
        std::memcpy(code, bytes_ + at_, sizeof(Code));
        return code->code == reinterpret_cast<ngx_http_script_code_pt>(function);
    }

  private:
    const u_char* bytes_;
    std::size_t size_, at_ = 0;
};

/// nullptr: no such module in this nginx, or nothing of it in this location. The first member of its private
/// configuration is the array of codes.
const ngx_array_t* rewrite_codes(ngx_conf_t* cf) {
    const void* conf = foreign_location_conf(cf, "ngx_http_rewrite_module");
    return conf == nullptr ? nullptr : *static_cast<ngx_array_t* const*>(conf);
}

/// True for a rewrite that makes nginx choose a location anew: neither `break` nor a redirect.
bool leaves_location(const Codes& codes) {
#if (NGX_PCRE)
    ngx_http_script_regex_code_t regex{};
    if (!codes.is(ngx_http_script_regex_start_code, &regex)) return false;
    return regex.uri != 0 && regex.break_cycle == 0 && regex.redirect == 0;
#else
    (void)codes;
    return false;
#endif
}

}  // namespace

char* check_rewrites(ngx_conf_t* cf) {
    const ngx_array_t* array = rewrite_codes(cf);
    if (array == nullptr) return NGX_CONF_OK;
    bool leaves = false;
    std::size_t if_end = 0;
    for (Codes codes(*array); !codes.at_end(); codes.next()) {
        ngx_http_script_if_code_t condition{};
        ngx_http_script_return_code_t answer{};
        if (codes.is(ngx_http_script_if_code, &condition)) if_end = codes.at() + condition.next;
        if (codes.at() >= if_end && codes.is(ngx_http_script_return_code, &answer)) {
            return refuse(cf, "\"return\" answers before \"webhook\" is asked, so nothing would be verified");
        }
        leaves = leaves || leaves_location(codes);
    }
    if (leaves) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"rewrite\" without \"break\" leaves the location before \"webhook\" is asked");
    }
    return NGX_CONF_OK;
}

std::string gate_name(ngx_conf_t* cf) {
    const auto* server =
        static_cast<ngx_http_core_srv_conf_t*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    const ngx_http_core_loc_conf_t* location = core_location(cf);
    std::string name = std::string(view(server->server_name)).append(" ");
    if (location->exact_match != 0) name.append("= ");
#if (NGX_PCRE)
    if (location->regex != nullptr) name.append("~ ");
#endif
    return name.append(view(location->name));
}

}  // namespace webhook::module
