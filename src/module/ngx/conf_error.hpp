#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace webhook::module {

// Results of a directive's setter.
inline char* const conf_ok = NGX_CONF_OK;
inline char* const conf_failed = static_cast<char*>(NGX_CONF_ERROR);  ///< the message was logged
extern char* const is_duplicate;                                      ///< nginx makes the message

/// Refuses the configuration: logs an emerg message at the current line. A setter's result.
char* refuse(ngx_conf_t* cf, const char* format, ...);

/// Refuses a word of a directive; `advice` ends the message.
char* invalid(ngx_conf_t* cf, ngx_str_t& word, const std::string& advice = {});

/// The words of the directive that is being read; [0] is its name.
class Words {
  public:
    explicit Words(ngx_conf_t* cf)
        : first_(static_cast<ngx_str_t*>(cf->args->elts)), count_(cf->args->nelts) {}
    ngx_str_t& operator[](std::size_t i) const { return first_[i]; }
    std::size_t size() const { return count_; }
    std::string text(std::size_t i) const { return std::string(view(first_[i])); }
    std::vector<std::string> values() const {
        std::vector<std::string> all;
        for (std::size_t i = 1; i < count_; ++i)
            all.push_back(text(i));
        return all;
    }

  private:
    ngx_str_t* first_;
    std::size_t count_;
};

}  // namespace webhook::module
