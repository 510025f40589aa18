// What a worker asks of a cluster before it begins: that somebody answers, that its topics are there and have the same
// number of partitions, that it may see them. Every "no" comes with an exit code and names the topic and the command
// that mends it.
//
// Blocks, at most for --start-timeout; any thread, no state.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

struct cluster_view {
  int exit_code = 0;
  std::string reason{};  // why it must not start
  std::uint32_t partitions = 0;
};

// `stops` becomes true: it comes back soon, with exit code 0 and no partitions.
cluster_view look_at_cluster(const kafka_settings& settings, const std::atomic<bool>& stops);

}  // namespace spindrift::kafka
