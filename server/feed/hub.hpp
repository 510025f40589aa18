// The subscribers of one shard: takes published batches and fills the outboxes of those that want their lines.
//
// It also says what lines anybody wants, on whatever shard, so that no other is encoded. One shard's, used on its
// thread; the list of subscriptions is shared and outlives it. A subscriber's bell is rung once a batch that left
// something in its outbox. Cost of a batch: O(1) for each subscriber of everything, one look-up a line where others
// are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "server/feed/aggregate_table.hpp"
#include "server/feed/audience_table.hpp"
#include "server/feed/outbox.hpp"
#include "server/feed/published_batch.hpp"
#include "server/feed/subscription_list.hpp"

namespace spindrift {

class subscriber {
public:
  virtual ~subscriber() = default;
  // Lines wait in its outbox; so many older ones had to be dropped for them.
  virtual void feed_came(std::size_t dropped_lines) = 0;
};

// What may wait for subscribers: for one, and for those of all shards together, who then have equal parts of it, but
// not below the least.
struct feed_limits {
  std::size_t one_bytes_max = std::size_t{4} * 1024 * 1024;
  std::size_t all_bytes_max = std::numeric_limits<std::size_t>::max();
  std::size_t one_bytes_min = 16 * 1024;
};

class hub {
public:
  hub(subscription_list& known, std::size_t shard, const feed_limits& limits = {})
      : known_(known), shard_(shard), limits_(limits), audiences_(known) {}

  // The subscription begins with the next batch. Both outlive it; returns its number.
  std::uint64_t subscribe(filter wanted, outbox& box, subscriber& bell);
  void unsubscribe(std::uint64_t number);
  // What waits as aggregates goes into its outbox as far as there is room, else it is missed; before unsubscribe() of
  // one whose connection wants something else.
  void flush(std::uint64_t number);

  // Others from now on, of those that are here as well.
  void limit(const feed_limits& chosen) {
    limits_ = chosen;
    share_out();
  }

  // What is wanted anywhere, once refresh() has taken in who came and went.
  void refresh() {
    if (audiences_.refresh()) share_out();
  }
  bool is_empty() const { return audiences_.is_empty(); }
  line_classes wanted_of_all_streams() const { return audiences_.wanted_of_all_streams(); }
  bool is_selective() const { return audiences_.is_selective(); }
  // Patterns that a new stream is held against.
  std::size_t comparisons() const { return audiences_.comparisons(); }
  bool wants(std::uint64_t stream_hash, std::string_view stream, line_class line);
  std::size_t shard() const { return shard_; }
  // Those that have subscribers, perhaps this one among them.
  std::span<const std::size_t> shards() const { return audiences_.shards(); }

  void deliver(const shared_published_batch& batch);

  // When the aggregates of some viewer are due, by the same clock; INT64_MAX: no viewer wants any.
  std::int64_t aggregates_due() const;
  // Gives the viewers whose time has come what has changed; `is_last`: all of them.
  void send_aggregates(std::int64_t now_ms, bool is_last = false);

private:
  struct seat {
    std::uint64_t number = 0;  // of the subscription; 0: free
    outbox* box = nullptr;
    subscriber* bell = nullptr;
    int every_ms = 0;  // aggregates, for a viewer; 0: lines
    std::int64_t due_ms = 0;
    // Of a round: when the next one begins, and how many of the streams that had changed at its beginning are not sent.
    std::int64_t next_round_ms = 0;
    std::size_t left = 0;
    std::unique_ptr<aggregate_table> aggregates{};
  };

  void share_out();
  // One line for one seat that does not take whole batches.
  void give(seat& at, const published_batch& batch, const published_line& line);
  seat* seat_of(std::size_t slot, std::uint64_t number);
  static outbox::piece lines_of(const published_batch& batch, line_classes wanted);

  subscription_list& known_;
  std::size_t shard_;
  feed_limits limits_;
  std::size_t aggregates_part_ = std::numeric_limits<std::size_t>::max();  // of all_bytes_max once more, for each
  audience_table audiences_;
  std::vector<seat> seats_;     // of this shard's, by slot
  std::vector<seat*> touched_;  // by the batch under way
};

}  // namespace spindrift
