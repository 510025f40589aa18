// Hands the encoded lines of a batch to every shard that has subscribers.
#include "server/sinks/feed_sink.hpp"

namespace spindrift {

sink::need feed_sink::needs() {
  hub_.refresh();
  return {.always = hub_.wanted_of_all_streams(), .asks = hub_.is_selective(), .comparisons = hub_.comparisons()};
}

void feed_sink::offer(const intake& passed) {
  if (hub_.is_empty()) return;
  const shared_published_batch lines = passed.share_lines();
  if (lines == nullptr) return;
  for (const std::size_t shard : hub_.shards()) {
    if (shard != hub_.shard()) ports_[shard]->post_batch(lines);
  }
  hub_.deliver(lines);
}

}  // namespace spindrift
