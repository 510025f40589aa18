// Spikes that a stream is used to. Two habits: values that come again to the last bit are codes (a sensor's word for
// "error"): each of them is told, at its first point. Other spikes that come often are told only while they are rare or
// larger than those before.
//
// A plain value of 56 bytes; one feature, one thread at a time; touched at spikes only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace spindrift {

class spike_habit {
public:
  // The same value to the last bit was a spike before.
  bool is_code(double value) const;
  // Whether a spike of this height is news at point n.
  bool is_news(double value, double height, std::uint64_t n) const;
  // The same of new levels, which come and go where a machine is switched on and off.
  bool is_level_news(double height, std::uint64_t n) const { return fill_at(n) < fill_max || height > taller * usual_; }
  void learn_level(double height, std::uint64_t n);
  // It was a spike, told or not.
  void learn(double value, double height, std::uint64_t n);
  // Nothing was learned yet.
  bool is_empty() const { return next_ == 0 && fill_ == 0 && usual_ == 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(values_, next_, fill_, fill_n_, usual_);
  }

private:
  static constexpr std::size_t values_kept = 4;
  static constexpr double fill_max = 3;  // spikes at a time that are news whatever their height
  static constexpr double taller = 2;    // than usual: news again
  double fill_at(std::uint64_t n) const;

  std::array<double, values_kept> values_{};
  std::uint32_t next_ = 0;  // how many were put into values_ in all, of which it holds the newest
  double fill_ = 0;         // a bucket that every spike fills by one and that empties with time
  std::uint64_t fill_n_ = 0;
  double usual_ = 0;  // height that spikes reach, fading
};

}  // namespace spindrift
