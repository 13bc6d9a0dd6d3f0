#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace webhook::link {

/// Returns the text of a system error as messages show it: "connection refused".
std::string describe(const boost::system::error_code& error);

/// Returns whether local descriptors or memory are exhausted, which is no fault of the receiver.
bool is_shortage(const boost::system::error_code& error);

}  // namespace webhook::link
