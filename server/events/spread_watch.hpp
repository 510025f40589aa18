// The scatter of the errors, on a logarithmic scale: a fast average of log|error| against a slow one, in units of how
// much the fast one usually strays. Knows streams whose scatter changes by day and night, and heavy tails.
//
// 48 bytes, 32 more from the first change on that may be one; movable; one feature, one thread at a time; about 20 ns
// (one log).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "server/events/finding.hpp"

namespace spindrift {

class spread_watch {
public:
  // Share of values that equal the one before from which on a stream's values are coarse: they show no scatter.
  static constexpr double discrete = 0.15;

  struct answer {
    rare_finding found{};
    bool over = false;      // what was told has ended,
    bool accepted = false;  // by becoming usual

    bool is_something() const { return over || found; }
  };

  // before: the value before this one. equal_share: how many of the points equal the one before. Where many do, errors
  // are a matter of few values.
  answer update(const observation& point, double before, double equal_share);
  // The usual scatter as a standard deviation; 0 while unknown.
  double usual() const;
  // Nothing is learned from so many further points: a new level is being adopted.
  void hold(std::uint16_t points) { held_ = points; }
  // The scatter may have changed: a few points more will tell.
  bool is_suspect() const { return is_suspect_ && !is_told(); }
  // The scatter of late is not the usual one, told or not.
  bool is_astray() const;
  bool is_told() const { return change_ && change_->told; }

  // As saved, it holds the newest value as well, which its owner knows.
  template <class Archive>
  void visit_state(Archive& archive, double newest) {
    change of = change_ ? *change_ : change{};
    // Averages are doubles there.
    std::array<double, 6> all{slow_, fast_, variance_, record_, before_, now_};
    std::uint32_t held = held_;
    archive(all[0], all[1], newest, motion_, all[2], all[3], all[4], all[5], of.from_n, of.from, points_, held,
            of.beyond, of.told_points, of.told, of.is_up, is_suspect_, last_flag_);
    if constexpr (Archive::reads) {
      float* const averages[]{&slow_, &fast_, &variance_, &record_, &before_, &now_};
      for (std::size_t i = 0; i < all.size(); ++i) *averages[i] = static_cast<float>(all[i]);
      held_ = static_cast<std::uint16_t>(std::min<std::uint32_t>(held, UINT16_MAX));
      const bool is_there = of.told || of.beyond > 0;
      change_ = is_there ? std::make_unique<change>(of) : nullptr;
    }
  }

private:
  // Beyond the limit: maybe one of the scatter.
  struct change {
    std::uint64_t from_n = 0;
    std::int64_t from = 0;
    std::uint32_t beyond = 0;       // points in a row that it has been there
    std::uint32_t told_points = 0;  // points since it was told
    bool told = false;
    bool is_up = false;
  };

  double stray() const { return static_cast<double>(fast_) - static_cast<double>(slow_); }
  double log_error(const observation& point) const;
  answer follow_told();
  void learn_stray(double size, double rate);
  double limit() const;
  // size: |fast - slow|; share: of the limit.
  bool is_beyond(double size, double share) const;
  // rate: of the slow average.
  answer watch(const observation& point, double rate);
  answer follow_stray(const observation& point, double size);
  void restart();

  double motion_ = 0;  // usual way from one value to the next
  float slow_ = 0;
  float fast_ = 0;
  float variance_ = 0.03F;  // of fast - slow
  float record_ = 0;        // the largest |fast - slow| that was not told, fading
  float before_ = 0;        // the largest of the block of points before, and of this one
  float now_ = 0;
  std::unique_ptr<change> change_;  // null: none
  std::uint32_t points_ = 0;
  std::uint16_t held_ = 0;
  bool is_suspect_ = false;
  std::int8_t last_flag_ = 0;  // the side of the last point, if it was flagged
};

}  // namespace spindrift
