#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/body.hpp"

namespace webhook::base {

/// Deepest nesting that is read; beyond it a document counts as not XML.
inline constexpr std::size_t max_xml_depth = 64;

/// Names of elements from the root on, and "@name" of an attribute at the end. Namespaces do not count: "a"
/// is also "x:a".
using XmlPath = std::vector<std::string>;

/// Finds the texts of the first element (or attribute) of each path in one pass: without the blanks around
/// them and without what stands in elements within. Absent ones are empty. False, and all are empty, when the
/// document is not well-formed to its end, is nested too deeply or has a DOCTYPE (so there are no entities
/// but the five of XML itself).
bool find_in_xml(const BodyView& body, const std::vector<XmlPath>& paths, std::vector<std::string>* values);

}  // namespace webhook::base
