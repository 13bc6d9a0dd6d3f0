#pragma once

#include "module/ngx/ngx.hpp"

#include <string>

#include "module/conf/location_conf.hpp"

namespace webhook::module {

/// "FILE:LINE"
std::string text_of(const Place& place);

/// Notes what is part of the identity of each key, for sources that depend on the request. Of public keys the
/// words of the configuration count, as the files may change.
void note_scopes(const LocationConf& conf, Location* location);

/// Chooses what tells the location's events apart; without webhook_dedup it is what is known of the scheme's
/// sender. Warns of what could lose or repeat events.
void choose_identity(ngx_conf_t* cf, const LocationConf& conf, const Dedup& dedup, Location* location);

/// Refuses locations that share stream and source by=id but not their secrets: ids would be taken to be of
/// one sender.
char* check_shared_source(ngx_conf_t* cf, const LocationConf& conf, const Location& location);

/// Warns of a partition that is not signed: who can change it can send a captured request to others, where it
/// is new.
void warn_of_partition(ngx_conf_t* cf, const LocationConf& conf, const Location& location);

}  // namespace webhook::module
