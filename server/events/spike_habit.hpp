// Spikes that a stream is used to. Two habits: values that come again to the last bit are codes (a sensor's word for
// "error"): each of them is told, at its first point, until they come so thick that the next says nothing new. Other
// spikes that come often are told only while they are rare or larger than those before. And levels: the way from one to
// another that was accepted twice is known.
//
// A plain value of 80 bytes; one feature, one thread at a time; touched at spikes only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace spindrift {

class spike_habit {
public:
  // The same value to the last bit was a spike before.
  bool is_code(double value) const;
  // Codes have come thick just now: one more at point n is no news.
  bool is_strewn(std::uint64_t n) const;
  // Whether a spike of this height is news at point n.
  bool is_news(double value, double height, std::uint64_t n) const;
  // The same of new levels, which come and go where a machine is switched on and off.
  bool is_level_news(double height, std::uint64_t n) const { return fill_at(n) < fill_max || height > taller * usual_; }
  void learn_level(double height, std::uint64_t n);
  // A level was told as new and has become the usual one.
  void accept_level(double before, double after);
  // It is gone for the third time: a tank is filled, a disk is cleared.
  bool is_known_way(double before, double after) const;
  // It was a spike, told or not.
  void learn(double value, double height, std::uint64_t n);
  // Nothing was learned yet.
  bool is_empty() const { return next_ == 0 && fill_ == 0 && usual_ == 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(values_, next_, ways_, codes_, fill_, fill_n_, usual_, way_from_, way_to_);
  }

private:
  static constexpr std::size_t values_kept = 4;
  static constexpr double fill_max = 3;  // spikes at a time that are news whatever their height
  static constexpr double taller = 2;    // than usual: news again
  double fill_at(std::uint64_t n) const;
  void learn_height(double height, std::uint64_t n, double weight);
  bool is_like(double before, double after) const;

  std::array<double, values_kept> values_{};
  std::uint16_t next_ = 0;  // how many were put into values_ in all, of which it holds the newest
  std::uint16_t ways_ = 0;  // how often the way below was accepted
  float codes_ = 0;         // a bucket of codes alone, that empties faster
  double fill_ = 0;         // a bucket that every spike fills by one and that empties with time
  std::uint64_t fill_n_ = 0;
  double usual_ = 0;     // height that spikes reach, fading
  double way_from_ = 0;  // from one level to another, the newest that was accepted
  double way_to_ = 0;
};

}  // namespace spindrift
