// Hands the encoded lines of a batch to every shard that has subscribers.
#include "server/sinks/feed_sink.hpp"

namespace spindrift {

sink::need feed_sink::needs() {
  hub_.refresh();
  if (hub_.is_empty()) return need::no_lines;
  if (hub_.wants_everything()) return need::every_line;
  return hub_.is_selective() ? need::some_lines : need::event_lines;
}

void feed_sink::offer(const intake& passed) {
  const shared_published_batch lines = passed.lines();
  if (lines == nullptr || hub_.is_empty()) return;
  for (const std::size_t shard : hub_.shards()) {
    if (shard != hub_.shard()) ports_[shard]->post_batch(lines);
  }
  hub_.deliver(lines);
}

}  // namespace spindrift
