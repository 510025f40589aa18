// The newest points of a stream, for the picture of an event: what was before it. Values as floats and times as
// distances, since people look at them and memory is 8 bytes a point: 256 in all, and 16 to say where they begin.
//
// A plain value of one feature, one thread at a time; about 1 ns a point.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindrift {

struct context_point {
  std::int64_t ts = 0;
  double value = 0;
};

class context_ring {
public:
  static constexpr std::size_t points_max = 32;

  void add(std::int64_t ts, double value) {
    const std::uint64_t distance =
        ts > newest_ ? static_cast<std::uint64_t>(ts) - static_cast<std::uint64_t>(newest_) : 0;
    const std::size_t at = count_ % points_max;
    values_[at] = static_cast<float>(value);
    distances_[at] = static_cast<std::uint32_t>(std::min<std::uint64_t>(distance, UINT32_MAX));
    newest_ = std::max(newest_, ts);
    count_ = count_ < 1U << 30U ? count_ + 1 : static_cast<std::uint32_t>(points_max);
  }

  // Oldest first. A distance beyond 49 days is told as 49 days.
  std::vector<context_point> points() const {
    std::vector<context_point> held(std::min<std::size_t>(count_, points_max));
    std::int64_t ts = newest_;
    for (std::size_t i = held.size(); i-- > 0;) {
      const std::size_t at = (count_ - held.size() + i) % points_max;
      held[i] = {ts, static_cast<double>(values_[at])};
      ts -= distances_[at];
    }
    return held;
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(values_, distances_, newest_, count_);
  }

private:
  std::array<float, points_max> values_{};
  std::array<std::uint32_t, points_max> distances_{};  // milliseconds since the point before
  std::int64_t newest_ = INT64_MIN;
  std::uint32_t count_ = 0;
};

}  // namespace spindrift
