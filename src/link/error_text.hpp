#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace webhook::link {

/// Words a system error as messages show it: "connection refused".
std::string describe(const boost::system::error_code& error);

/// Returns whether descriptors or memory are missing on this side, which says nothing about the receiver.
bool is_shortage(const boost::system::error_code& error);

}  // namespace webhook::link
