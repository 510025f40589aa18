// Shifts and trends that no single point shows. ADWIN says that a mean has changed; this says whether that is news: a
// level that the stream has not been at before (level_range.hpp), so that a wave, a wandering value or a way back to a
// known level is none. Of a stream that goes with the clock what the clock leaves has a range of its own: a new level
// of that is one, wherever the wave stands just now. A trend is a change that goes on: a second cut further in the same
// direction.
//
// 104 bytes, 48 more from the first cut on and where the clock counts, there another 96; movable; one feature, one
// thread at a time; a few ns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/events/finding.hpp"
#include "server/events/level_range.hpp"
#include "server/events/spread_watch.hpp"

namespace spindrift {

class level_watch {
public:
  // scatter: of the single points.
  rare_finding update(const observation& point, const spread_watch& scatter);
  // A new level has been told: it is a known one from now on.
  void accept();
  // When point n came. Times of single points are not kept: its share of the stream's life until `now`, as if points
  // came evenly.
  std::int64_t time_of(std::uint64_t n, const observation& now) const;
  double recent() const { return range_.recent(); }
  // Of what the clock leaves; 0 of a stream that does not go with the clock.
  double rest() const { return has_rest() ? seldom_->rest->recent() : 0; }
  bool has_rest() const { return seldom_ && seldom_->rest; }
  // The level is one that the stream has not been at, as far as is known by now: a cut would be news.
  bool is_beyond() const { return range_.is_beyond(); }

  template <class Archive>
  void visit_state(Archive& archive) {
    cut newest = seldom_ ? seldom_->newest : cut{};
    archive(begin_ts_, range_, newest.n, newest.from_n, newest.change, newest.before, newest.is_settled);
    if (Archive::reads && (seldom_ || newest.n != 0)) some().newest = newest;
    bool has = has_rest();
    archive(has);
    if (has && !has_rest()) some().rest = std::make_unique<standing_range>();
    if (has) archive(*seldom_->rest);
  }

private:
  struct cut {
    std::uint64_t n = 0;       // 0: none
    std::uint64_t from_n = 0;  // where its window begins
    double change = 0;
    double before = 0;        // the level that was left
    bool is_settled = false;  // what it means has been said, or it means nothing
  };
  // What most streams have nothing of.
  struct rarities {
    cut newest;                            // while it may mean something
    std::unique_ptr<standing_range> rest;  // once the clock lets something expect
  };

  rarities& some() {
    if (!seldom_) seldom_ = std::make_unique<rarities>();
    return *seldom_;
  }
  bool has_cut() const { return seldom_ && seldom_->newest.n != 0; }

  void take_cut(const observation& point);
  rare_finding judge_cut(const observation& point, const spread_watch& scatter);
  void learn(const observation& point);

  level_range range_;
  std::int64_t begin_ts_ = 0;
  std::unique_ptr<rarities> seldom_;  // while there is one of them
};

}  // namespace spindrift
