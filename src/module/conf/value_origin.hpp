#pragma once

#include "module/ngx/ngx.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module/ngx/conf_place.hpp"

namespace webhook::module {

/// Knows which variables of nginx hold only texts of the configuration. A key, or a URL that is signed, must
/// not be chosen by the client, so these take constants and variables of `map`, `geo` and `set` whose values
/// are constants.
///
/// nginx does not record how a variable was made, so these directives are read along: each cycle of nginx has
/// a list of modules of its own, in which the modules of such directives are replaced by copies whose setters
/// look first and then call nginx'. The list is as before when the http block has been read, since modules
/// look themselves up there in worker processes. What cannot be looked at is left to nginx, and its variable
/// is refused where it is used: so no other configuration is refused. Comparing the variables' functions
/// instead was rejected: they are static in nginx, `set` leaves no trace on a variable of `map`, and the
/// values of a map may hold variables, too.
class ValueOrigins {
  public:
    /// Begins to read along: before the http block is read.
    void watch(ngx_conf_t* cf);
    /// Ends it and forgets what was read: nothing of it is needed by requests.
    void finish();

    /// Keeps a value with variables for judge(). False, after a message, when nginx cannot read it.
    bool note_use(ngx_conf_t* cf, std::string_view text);

    /// The constants that a value can be that is one variable ("$key"); empty when it is something else.
    std::vector<std::string> constants_of(std::string_view text) const;

    /// Refuses the values that a client could choose. Called when all is read, for a map may stand after its
    /// use. The result of a setter.
    char* judge(ngx_conf_t* cf) const;

  private:
    using Names = std::vector<std::string>;
    struct Use {
        std::string directive;
        Names variables;
        Place place;
    };
    /// How a variable gets its values.
    struct Origin {
        std::set<std::string> values;  ///< a geo has many lines and few values
        ngx_http_get_variable_pt handler = nullptr;
        std::string other;  ///< a directive that assigns it and is not understood; "a capture"
    };

    char* judge_use(ngx_conf_t* cf, const Use& use) const;
    static char* on_directive(ngx_conf_t* cf, ngx_command_t* command, void* conf);
    char* read_along(ngx_conf_t* cf, ngx_command_t* command, void* conf);
    void copy_module(ngx_conf_t* cf, ngx_module_t** module);
    std::string why_chosen(ngx_conf_t* cf, const Use& use, const std::string& variable, Names* seen) const;
    void add_constants(const std::string& variable, Names* seen, Names* constants) const;

    std::vector<std::pair<ngx_module_t**, ngx_module_t*>>
        replaced_;  ///< places in the list, and who stood there
    std::map<const ngx_command_t*, ngx_command_t*> originals_;
    std::map<std::string, Origin> origins_;
    std::vector<Use> uses_;
};

}  // namespace webhook::module
