// What waits to be sent to one subscriber: shared batches, or the lines of them that it wants.
//
// Bounded in bytes: when it is full the oldest lines go, all lines of the oldest piece together but for the newest
// piece, and the subscriber is told in their place how many it missed. What has been handed out by take() is on its way
// and no longer counted. The hub fills it, its connection empties it, both on the subscriber's shard. Cost of put:
// O(1); of add: a copy of the line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "server/feed/published_batch.hpp"

namespace spindrift {

class outbox {
public:
  // A piece to send; `bytes` lives as long as `owner` does.
  struct piece {
    std::string_view bytes;
    std::shared_ptr<const void> owner;
    std::size_t lines = 0;  // verdict lines in it: 0 for a gap notice
  };

  explicit outbox(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  // From the next piece on.
  void limit(std::size_t bytes_max) { bytes_max_ = bytes_max; }

  // Each returns how many verdict lines had to be dropped for it.
  std::size_t put(piece lines);
  // All lines of a batch, shared.
  std::size_t put(const shared_published_batch& batch);
  // One line of a batch; the first of several says true. Only end() puts them into the box, as one piece.
  bool add(std::string_view line);
  std::size_t end();

  // The next piece; its bytes are empty when there is none.
  piece take();
  // A line that found no place on its way here.
  void miss(std::size_t lines) { missed_ += lines; }
  std::size_t bytes_max() const { return bytes_max_; }
  bool is_empty() const { return waiting_.empty() && missed_ == 0; }
  std::size_t bytes() const { return bytes_; }

private:
  std::size_t bytes_max_;
  std::deque<piece> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t missed_ = 0;  // dropped in front of waiting_.front(), not told yet
  std::shared_ptr<std::string> added_;
  std::size_t added_lines_ = 0;
};

}  // namespace spindrift
