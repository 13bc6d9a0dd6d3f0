#pragma once

#include "module/ngx.hpp"

#include <string>
#include <utility>

namespace webhook::module {

/// Where a directive stands, so that a mistake found later is reported there.
struct Place {
    std::string file;
    ngx_uint_t line = 0;
};

/// Where the reader of the configuration stands.
inline Place here(ngx_conf_t* cf) {
    return {std::string(view(cf->conf_file->file.name)), cf->conf_file->line};
}

/// Messages while it lives name the place of an earlier directive.
class AtPlace {
  public:
    AtPlace(ngx_conf_t* cf, Place place)
        : cf_(cf), place_(std::move(place)), file_(*cf->conf_file), previous_(cf->conf_file) {
        file_.file.name = to_ngx(place_.file);
        file_.line = place_.line;
        cf->conf_file = &file_;
    }
    ~AtPlace() { cf_->conf_file = previous_; }
    AtPlace(const AtPlace&) = delete;
    AtPlace& operator=(const AtPlace&) = delete;

  private:
    ngx_conf_t* cf_;
    Place place_;
    ngx_conf_file_t file_;
    ngx_conf_file_t* previous_;
};

}  // namespace webhook::module
