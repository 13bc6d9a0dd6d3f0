#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>
#include <utility>

namespace webhook::module {

/// Place of a directive, so that a mistake found later is reported there.
struct Place {
    std::string_view file;  ///< in the pool of the configuration
    ngx_uint_t line = 0;
};

/// The present place of nginx' reader.
inline Place here(ngx_conf_t* cf) {
    return {view(cf->conf_file->file.name), cf->conf_file->line};
}

/// Messages while it lives name the place of an earlier directive.
class AtPlace {
  public:
    // The reader gets values only, no pointer to this: an object that outlives its scope could not be found
    // there.
    AtPlace(ngx_conf_t* cf, const Place& place)
        : reader_(cf->conf_file), name_(reader_->file.name), line_(reader_->line) {
        reader_->file.name = to_ngx(place.file);
        reader_->line = place.line;
    }
    ~AtPlace() {
        reader_->file.name = name_;
        reader_->line = line_;
    }
    AtPlace(const AtPlace&) = delete;
    AtPlace& operator=(const AtPlace&) = delete;

  private:
    ngx_conf_file_t* reader_;
    ngx_str_t name_;
    ngx_uint_t line_;
};

}  // namespace webhook::module
