#pragma once

#include <string_view>

namespace webhook::signature {

struct Scheme;

/// Amazon signs the messages of all topics of all its customers with one key. The parameter lists the topics
/// that are taken, separated by commas; without it those of anybody are.
inline constexpr std::string_view sns_topic_param = "topic_arn";

bool is_sns(const Scheme& scheme);

}  // namespace webhook::signature
