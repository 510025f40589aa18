// What two ways of watching told of the same points, side by side: which notices only the one has, which only the
// other, and which both have with another severity or kind.
//
// A notice is the like of one of the other side when it is of the same stream and their times touch, from their
// beginning to their end, or to where they were told; the same kind, direction and feature are preferred, then the
// nearer beginning. Each has one like at most. It is looked for when a notice opens, among the newest `looked_at` of
// the stream; severity, kind and end are those of the newest version.
//
// Bounded: the newest `notices_max` notices of both sides; what is older stays in the totals. Pure, one thread at a
// time. Cost: O(looked_at) a notice, nothing a point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/model/event.hpp"

namespace spindrift {

enum class notice_side : std::uint8_t { before, after };

struct compared_notice {
  std::string stream;
  std::string feature;  // empty: a stream of one value
  notice_side side = notice_side::before;
  event newest;            // without what explains it
  std::uint64_t like = 0;  // serial of the other side's; 0: there is none
};

class notice_comparison {
public:
  static constexpr std::size_t looked_at = 64;

  explicit notice_comparison(std::size_t notices_max) : notices_max_(notices_max) {}

  void hear(notice_side side, const event& said, std::string_view stream, std::string_view feature);
  void clear();

  struct tally {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::uint64_t gone = 0;     // only before
    std::uint64_t fresh = 0;    // only after
    std::uint64_t changed = 0;  // pairs of other severity or kind

    std::uint64_t same() const { return before - gone - changed; }
    void add(const compared_notice& one, const compared_notice* like);
  };
  // Since the beginning, kept or not.
  tally totals() const;

  using listing = std::vector<const compared_notice*>;
  using pair = std::pair<const compared_notice*, const compared_notice*>;  // before, after
  // Of what is kept, in the order in which they were told; valid until the next call of hear() or clear().
  listing only(notice_side side) const;
  std::vector<pair> changed() const;
  const std::deque<compared_notice>& kept() const { return kept_; }
  // Null: it has none, or that is no longer kept.
  const compared_notice* like_of(const compared_notice& one) const;
  std::uint64_t left_out() const { return first_ - 1; }

private:
  compared_notice& at(std::uint64_t serial) { return kept_[static_cast<std::size_t>(serial - first_)]; }
  void pair_up(std::uint64_t serial, const std::vector<std::uint64_t>& of_stream);
  void drop_oldest();

  std::size_t notices_max_;
  std::deque<compared_notice> kept_;
  std::uint64_t first_ = 1;                                                // serial of kept_.front()
  std::unordered_map<std::string, std::vector<std::uint64_t>> by_stream_;  // serials, ascending
  tally settled_;                                                          // of those that are no longer kept
};

}  // namespace spindrift
