// ADWIN written down exactly as its definition reads, one step a line: the oracle that server/detect/adwin is compared
// with bit for bit, and the yardstick its speed is measured against. No buffering, no caching, no filter.
//
// Bifet and Gavalda, "Learning from Time-Changing Data with Adaptive Windowing" (SDM 2007), with the arithmetic, in
// this order, of online-ml/river's Rust core. Owns its buckets; one thread at a time; about 26 ns a point at clock 32
// and 425 ns at clock 1.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "server/detect/adwin.hpp"

namespace spindrift {

class plain_adwin {
public:
  explicit plain_adwin(const adwin_settings& settings) : settings_(settings) {}

  // Takes the next value; true if the window was cut.
  bool update(double x);

  double width() const { return width_; }
  double total() const { return total_; }
  double mean() const { return width_ > 0 ? total_ / width_ : 0.0; }
  double variance_sum() const { return variance_sum_; }
  std::uint64_t n_detections() const { return n_detections_; }

  // Whether the window, as it stands, has a boundary at which the means of the two sides differ too much.
  bool has_cut() const;

  struct bucket {
    double total;
    double variance_sum;
  };
  // Row r holds buckets of 2^r values each, oldest first; the last row is the oldest.
  const std::vector<std::deque<bucket>>& rows() const { return rows_; }

private:
  void append(double x);
  void drop_oldest();

  adwin_settings settings_;
  double width_ = 0.0;
  double total_ = 0.0;
  double variance_sum_ = 0.0;
  std::uint64_t tick_ = 0;
  std::uint64_t n_detections_ = 0;
  std::vector<std::deque<bucket>> rows_;
};

}  // namespace spindrift
