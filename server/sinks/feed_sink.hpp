// The sink of one shard that gives verdict lines to the subscribers of every shard: to its own at once, to those of
// others by their ports, one shared batch for all. Used on its shard's thread.
#pragma once

#include <cstddef>
#include <vector>

#include "server/feed/hub.hpp"
#include "server/pipeline/sink.hpp"

namespace spindrift {

// Where another shard takes published batches; bounded there, and what is too much is counted. Any thread.
class feed_port {
public:
  virtual ~feed_port() = default;
  virtual void post_batch(const shared_published_batch& batch) = 0;
};

class feed_sink final : public sink {
public:
  // `ports` by shard, read when there is something to send; all outlive the sink.
  feed_sink(hub& own, const std::vector<feed_port*>& ports) : hub_(own), ports_(ports) {}

  need needs() override;
  bool needs_line(std::uint64_t stream_hash, std::string_view stream, line_class line) override {
    return hub_.wants(stream_hash, stream, line);
  }
  void offer(const intake& passed) override;

private:
  hub& hub_;
  const std::vector<feed_port*>& ports_;
};

}  // namespace spindrift
