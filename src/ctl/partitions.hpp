#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/redis.hpp"

namespace webhook::ctl {

/// One partition of a stream, as its keys name it.
struct Partition {
    std::string stream;
    unsigned number = 0;

    std::string key(std::string_view name) const;  ///< "webhook:{STREAM:P}:" + name
    std::string label() const;                     ///< "STREAM:P"
};

/// All partitions of all streams in this Redis, or of `stream` alone, sorted. Streams are found by their
/// keys; the number of partitions is what the stream's meta says. Throws Failure when `stream` is not there.
std::vector<Partition> find_partitions(Redis& redis, std::string_view stream = {});

/// "STREAM:P/REST" -> partition and rest; false when `text` does not begin so.
bool parse_partition_label(std::string_view text, Partition* partition, std::string_view* rest);

}  // namespace webhook::ctl
