// Two maxima that fade.
#include "server/events/side_records.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr std::uint32_t points_known = 500;
constexpr float fading = 1.0F / 20'000;  // a point
constexpr double smallest = 3;           // that a record is taken for, so that a calm side has news only of some size
constexpr double largest = 1e6;

}  // namespace

void side_records::learn(double z) {
  for (float& one : highest_) one -= fading * one;
  float& record = highest_[z > 0 ? 1 : 0];
  record = std::max(record, static_cast<float>(std::min(std::abs(z), largest)));
  if (points_ < points_known) ++points_;
}

double side_records::beyond(double z) const {
  if (points_ < points_known) return 0;
  return std::abs(z) / std::max<double>(highest_[z > 0 ? 1 : 0], smallest);
}

}  // namespace spindrift
