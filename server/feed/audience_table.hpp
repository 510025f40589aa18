// Which subscriptions a stream has, decided once a stream and not once a point.
//
// A stream's audience is found when its first line comes; later only subscriptions that came since are held against the
// name, and those that went are known by their slot. Subscriptions of all streams are kept apart and cost no stream
// anything. One shard's, used on its thread. Bounded: at most streams_max streams and members_max subscriptions in all
// audiences together are remembered; beyond, all are forgotten and decided anew as their lines come. Cost of a line:
// one look-up; of a new stream: a comparison of a few bytes for nearly every pattern of the subscriptions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/feed/subscription_list.hpp"

namespace spindrift {

class audience_table {
public:
  static constexpr std::size_t streams_max = 65'536;
  static constexpr std::size_t members_max = std::size_t{1} << 20U;

  // A subscription that took the stream, and may have gone since.
  struct member {
    std::uint64_t number = 0;
    std::size_t slot = 0;
  };

  // The list outlives the table.
  explicit audience_table(const subscription_list& known, std::size_t streams_at_most = streams_max)
      : known_(known), streams_at_most_(streams_at_most) {}

  // Takes in who came and went; once before the lines of a batch. False: nobody did.
  bool refresh();
  bool is_empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  // Whether some are not of all streams, so that of() has to be asked.
  bool is_selective() const { return !selective_.empty(); }
  // Patterns that a new stream is held against.
  std::size_t comparisons() const { return comparisons_; }
  // The kinds of line that are wanted whatever their stream.
  line_classes wanted_of_all_streams() const { return wanted_of_all_streams_; }
  // Those that have subscribers, ascending.
  std::span<const std::size_t> shards() const { return shards_; }
  // Of all streams, with the kinds of line they want.
  std::span<const subscription* const> of_all_streams() const { return of_all_streams_; }
  // Those of the stream besides; valid until the next call of anything here. `hash` is equal for equal names.
  std::span<const member> of(std::uint64_t hash, std::string_view stream);
  // Null: it has gone.
  const subscription* find(const member& one) const;

private:
  struct audience {
    std::string stream;
    std::uint64_t decided_to = 0;  // subscriptions up to this number have been held against the name
    std::vector<member> members;
  };

  const subscription_list& known_;
  std::size_t streams_at_most_;
  std::uint64_t version_ = 0;
  subscription_list::all all_;
  std::vector<const subscription*> of_all_streams_;
  std::vector<const subscription*> selective_;  // the others, ascending by number
  std::vector<const subscription*> by_slot_;    // of selective_; null: none
  std::vector<std::size_t> shards_;
  line_classes wanted_of_all_streams_ = 0;
  std::size_t comparisons_ = 0;
  std::unordered_map<std::uint64_t, audience> audiences_;  // by hash; names that share one take turns
  std::size_t members_ = 0;                                // in all of them, about
};

}  // namespace spindrift
