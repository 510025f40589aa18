// What waits to be sent to one subscriber: shared batches, or the part of them that its filter lets through.
//
// Bounded in bytes: when it is full the oldest lines go, all lines of the oldest batch together, and the subscriber
// is told in their place how many it missed. What has been handed out by take() is on its way and no longer counted.
// One thread at a time (the subscriber's shard). Cost of put: O(1) for a subscriber of everything, else one match a
// line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "server/feed/filter.hpp"
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

  outbox(filter wanted, std::size_t bytes_max) : wanted_(std::move(wanted)), bytes_max_(bytes_max) {}

  // Returns how many verdict lines had to be dropped for it.
  std::size_t put(const shared_published_batch& what);
  // The next piece; its bytes are empty when there is none.
  piece take();
  bool is_empty() const { return waiting_.empty() && missed_ == 0; }
  std::size_t bytes() const { return bytes_; }
  const filter& wanted() const { return wanted_; }

private:
  piece select(const shared_published_batch& what) const;

  filter wanted_;
  std::size_t bytes_max_;
  std::deque<piece> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t missed_ = 0;  // dropped in front of waiting_.front(), not told yet
};

}  // namespace spindrift
