// The hash by which Kafka's own producers choose a partition from a key (Java's default partitioner, librdkafka's
// murmur2 and murmur2_random). Source: MurmurHash2 by Austin Appleby, with Kafka's seed.
#pragma once

#include <cstdint>
#include <string_view>

namespace spindrift::worker {

std::uint32_t murmur2(std::string_view key);

inline std::int32_t murmur2_partition(std::string_view key, std::int32_t partitions) {
  return static_cast<std::int32_t>((murmur2(key) & 0x7fffffffU) % static_cast<std::uint32_t>(partitions));
}

}  // namespace spindrift::worker
