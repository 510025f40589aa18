// A mean for each time that has been visited, of N times on a circle: the hours of a day, the minutes of an hour.
//
// Movable; one thread at a time. Of the times only those take memory that were visited, four bytes each: a stream of a
// point in five minutes has twelve of the sixty minutes, a young one hardly any. A new one costs a new block, N in all.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace spindrift {

template <std::size_t N>
class visited_bins {
public:
  static_assert(N < 64);
  using all_bins = std::array<float, N>;

  // 0 where none was.
  float operator[](std::size_t index) const { return is_visited(index) ? means_[place_of(index)] : 0.0F; }

  // One more value of a visit. It enters its bin when the next bin's begins, so that no bin follows the values of the
  // moment; the first visit in full, others by `gain`.
  void add(std::size_t index, double value, double gain) {
    if (n_ > 0 && bin_ != index) {
      const bool is_first = !is_visited(bin_);
      if (is_first) insert(bin_);
      float& mean = means_[place_of(bin_)];
      mean = static_cast<float>(mean + (is_first ? 1.0 : gain) * (sum_ / n_ - mean));
      sum_ = 0;
      n_ = 0;
    }
    bin_ = index & bin_mask;
    sum_ += value;
    ++n_;
  }

  // As saved, all bins lie elsewhere.
  all_bins all() const {
    all_bins means{};
    for (std::size_t i = 0; i < N; ++i) means[i] = (*this)[i];
    return means;
  }
  template <class Archive>
  void visit_state(Archive& archive, const all_bins& means) {
    std::uint32_t n = n_;
    std::uint32_t bin = bin_;
    std::uint64_t visited = visited_;
    archive(sum_, n, bin, visited);
    if constexpr (Archive::reads) {
      if (bin >= N) return archive.refuse();
      n_ = n;
      bin_ = bin & bin_mask;
      take_over(visited, means);
    }
  }

private:
  static constexpr std::uint64_t all_visited = (std::uint64_t{1} << N) - 1;
  static constexpr std::uint64_t bin_mask = 63;

  bool is_visited(std::size_t index) const { return (visited_ >> index & 1U) != 0; }
  std::size_t place_of(std::size_t index) const {
    return static_cast<std::size_t>(std::popcount(visited_ & ((std::uint64_t{1} << index) - 1)));
  }
  void insert(std::size_t index) {
    const auto held = static_cast<std::size_t>(std::popcount(visited_));
    const std::size_t place = place_of(index);
    auto more = std::make_unique<float[]>(held + 1);
    std::copy_n(means_.get(), place, more.get());
    std::copy_n(means_.get() + place, held - place, more.get() + place + 1);
    means_ = std::move(more);
    visited_ = (visited_ | (std::uint64_t{1} << index)) & all_visited;
  }
  void take_over(std::uint64_t visited, const all_bins& means) {
    visited_ = visited & all_visited;
    means_ = visited_ == 0 ? nullptr : std::make_unique<float[]>(static_cast<std::size_t>(std::popcount(visited_)));
    for (std::size_t i = 0; i < N; ++i) {
      if (is_visited(i)) means_[place_of(i)] = means[i];
    }
  }

  std::unique_ptr<float[]> means_;
  double sum_ = 0;                 // of the visit that goes on,
  std::uint64_t n_ : 32 = 0;       // its points
  std::uint64_t bin_ : 8 = 0;      // and its time
  std::uint64_t visited_ : N = 0;  // a bit each
};

static_assert(sizeof(visited_bins<24>) == 24);

}  // namespace spindrift
