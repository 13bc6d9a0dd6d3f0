#pragma once

#include "module/ngx/ngx.hpp"

#include <memory>
#include <vector>

#include "module/conf/bypass.hpp"
#include "module/settings.hpp"
#include "signature/catalogue/scheme_set.hpp"

namespace webhook::module {

class KeyWatch;
class ValueOrigins;

/// Everything that C++ owns at http level.
struct MainConf : MainSettings {
    signature::SchemeSet schemes;
    bool has_gates = false;
    std::vector<JudgedLocation> judged;
    std::shared_ptr<KeyWatch> keys;         ///< nullptr: no keys in files
    std::shared_ptr<ValueOrigins> origins;  ///< while the configuration is read
};

/// Converts nginx' pointer.
inline MainConf* to_main_conf(void* data) {
    return static_cast<MainConf*>(static_cast<MainPlain*>(data));
}

/// The http level's configuration, while it is read.
inline MainConf* main_conf(ngx_conf_t* cf) {
    return to_main_conf(ngx_http_conf_get_module_main_conf(cf, ngx_http_webhook_module));
}

}  // namespace webhook::module
