// Shifts and trends that no single point shows. ADWIN says that a mean has changed; this says whether that is news: a
// level that the stream has not been at before. It keeps the range of the means of blocks of 32 points, and how far
// they usually move, so that a wave, a wandering value or a way back to a known level is none. A trend is a change that
// goes on: a second cut further in the same direction.
//
// A plain value of 168 bytes; one feature, one thread at a time; a few ns.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "server/events/finding.hpp"
#include "server/events/spread_watch.hpp"

namespace spindrift {

class level_watch {
public:
  // scatter: of the single points.
  std::optional<finding> update(const observation& point, const spread_watch& scatter);
  // A new level has been told: it is a known one from now on.
  void accept();
  double recent() const { return recent_; }
  // The level is one that the stream has not been at, as far as is known by now: a cut would be news.
  bool is_beyond() const;

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(begin_ts_, recent_, lowest_, highest_, move_, slope_, sum_, waiting_, in_block_, blocks_, cut_n_, from_n_,
            change_, before_, is_settled_);
  }

private:
  static constexpr std::uint32_t block = 32;
  static constexpr std::size_t lag = 4;  // blocks that are not yet part of the range

  void take_cut(const observation& point);
  void learn(const observation& point);
  bool is_new_level(double usual) const;

  std::int64_t begin_ts_ = 0;
  double recent_ = 0;  // mean of about the last 16 points
  double lowest_ = 0;
  double highest_ = 0;
  double move_ = 0;   // usual distance of neighbouring blocks
  double slope_ = 0;  // of it, what goes one way
  double sum_ = 0;
  std::array<double, lag> waiting_{};
  std::uint32_t in_block_ = 0;
  std::uint32_t blocks_ = 0;
  std::uint64_t cut_n_ = 0;   // of the newest cut
  std::uint64_t from_n_ = 0;  // where its window begins
  double change_ = 0;
  double before_ = 0;        // the level that was left
  bool is_settled_ = false;  // what it means has been said, or it means nothing
};

}  // namespace spindrift
