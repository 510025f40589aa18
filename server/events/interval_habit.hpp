// How often points of a stream come, and how long it stays away: the usual interval and how common longer ones are. A
// hole is a gap that this habit does not explain; what comes back again and again is a habit itself.
//
// Fed with event times; points older than the newest are late and teach nothing. 32 bytes, 24 more from its first long
// gap on (32 from the first of 16,384 usual intervals); one stream, one thread at a time; a few ns. `silent_after` is
// for whoever has a clock.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace spindrift {

class interval_habit {
public:
  static constexpr std::int64_t silence_min_ms = 30'000;
  static constexpr std::int64_t unreadable_min_ms = 500;

  struct answer {
    bool late = false;
    bool repeat = false;      // of the newest time
    bool hole = false;        // before this point
    std::int64_t gap_ms = 0;  // since the newest point before
    std::int64_t newest = 0;  // before this point
    double nines = 0;         // of the hole
  };

  answer update(std::int64_t ts);
  // The next point comes at that time, and nothing is to be thought of the time until then.
  void skip_to(std::int64_t ts);
  std::int64_t newest() const { return newest_; }
  // Milliseconds; 0 while unknown.
  double usual_interval() const { return points_ < points_min ? 0 : usual_; }
  // Milliseconds without a point after which this stream is silent; `never` while its habit is not known.
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  std::int64_t silent_after() const;
  // After which a source that is heard all the while should have sent one that can be read; half a second at least.
  std::int64_t unreadable_after() const;
  // Points since the last hole, while few.
  bool is_fresh() const { return fresh_ > 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    octave_counts gaps{};  // as saved, all are there
    std::copy_n(gaps_.get(), octaves_held_, gaps.begin());
    archive(newest_, usual_, points_, gaps, fresh_);
    if constexpr (Archive::reads) take_over(gaps);
  }

private:
  static constexpr std::uint32_t points_min = 20;
  static constexpr std::size_t octaves = 16;       // gaps of 4, 8, 16 ... usual intervals and more
  static constexpr std::size_t octaves_step = 12;  // held at least: as many as the heap's smallest block has room for

  using octave_counts = std::array<std::uint16_t, octaves>;

  double rarity(double ratio) const;
  double unheard_of_ms() const;
  void count_point();
  void learn(double gap, double ratio);
  void hold(std::size_t octaves_wanted);
  void take_over(const octave_counts& gaps);

  std::int64_t newest_ = 0;
  double usual_ = 0;
  std::uint32_t points_ = 0;
  std::uint8_t fresh_ = 0;
  std::uint8_t octaves_held_ = 0;          // none until there was a gap so long
  std::unique_ptr<std::uint16_t[]> gaps_;  // their counts
};

}  // namespace spindrift
