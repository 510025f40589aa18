// Whether this user may write the topics of outputs and of snapshots, asked at the start without writing anything.
//
// A partition of each is added to a transaction, which the broker refuses where the right is missing; what would be
// sent waits for longer than that, and goes with the abort. So readers see nothing of it, but for offsets that are left
// out. Blocks for some round trips of the broker, at most for the patience; any thread, no state. Where the broker does
// not answer by then, nothing is known to be missing, and the first line for the topic will tell.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "server/kafka/error_class.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

struct write_denial {
  std::vector<std::string> denied{};  // topics, or the prefix of transactional ids; empty: all may be written
  std::string why{};                  // as the broker said it
};

write_denial find_write_denial(const kafka_settings& settings, const std::atomic<bool>& stops);

}  // namespace spindrift::kafka
