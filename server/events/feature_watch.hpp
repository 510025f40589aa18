// The watches of one feature together. One thread at a time. 288 bytes, and what the watches of
// excursions and patterns keep while there are any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "server/events/excursion_watch.hpp"
#include "server/events/finding.hpp"
#include "server/events/level_watch.hpp"
#include "server/events/nought_watch.hpp"
#include "server/events/pattern_watch.hpp"
#include "server/events/side_records.hpp"
#include "server/events/spread_watch.hpp"
#include "server/events/still_watch.hpp"
#include "server/events/tail_model.hpp"

namespace spindrift {

class feature_watch {
public:
  struct answer {
    excursion_watch::answer excursion{};
    still_watch::answer still{};
    spread_watch::answer spread{};
    rare_finding level{};
    rare_finding pattern{};

    // What has ended without being told is the pattern watch's business alone.
    bool is_something() const {
      return still.is_something() || excursion.over || excursion.found || spread.is_something() || level || pattern;
    }
  };

  // Null where there is nothing to say, as of nearly all points.
  using rare_answer = std::unique_ptr<answer>;

  rare_answer update(const observation& point) {
    return point.repeat && point.value == still_.last() ? confirm() : judge(point);
  }
  excursion_watch& excursion() { return excursion_; }
  pattern_watch& pattern() { return pattern_; }
  // The change of scatter that was told is the one that this watch follows.
  bool knows_spread() const { return spread_.is_told(); }
  bool is_scatter_astray() const { return spread_.is_astray(); }
  level_watch& level() { return level_; }
  const level_watch& level() const { return level_; }
  // A new level has been found: the watches that a change of level would mislead look away for a while.
  void settle(std::uint16_t points) { spread_.hold(points); }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(tail_, records_, excursion_, still_);
    spread_.visit_state(archive, still_.last());
    archive(level_, pattern_);
    bool has_nought = nought_ != nullptr;
    archive(has_nought);
    if (has_nought && !nought_) nought_ = std::make_unique<nought_watch>();
    if (has_nought) archive(*nought_);
  }

private:
  double nines_of(const feature_reading& seen) const;
  rare_answer confirm();
  rare_answer judge(const observation& point);

  level_watch level_;  // first, as it begins with what few points touch
  tail_model tail_;
  side_records records_;
  excursion_watch excursion_;
  still_watch still_;
  spread_watch spread_;
  pattern_watch pattern_;
  std::unique_ptr<nought_watch> nought_;  // from the first nought on
};

}  // namespace spindrift
