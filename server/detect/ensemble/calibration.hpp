// Turns raw scores of any scale into surprise: -log10 of how often this stream has shown a score at least as large.
//
//   s = -log10((above + in_bucket/2 + 1/2) / (n + 1)),  plus 2 log10(r / max) when r is the largest ever;
//   s = 0 for r = 0 and for the first 50 scores. s is taken before r is counted; a score of 0 counts towards n.
//
// Counts live in buckets of a quarter of an octave from 2^-20 to 2^20 (what lies beyond goes to the end buckets), and
// only the span of buckets in use is held: 6 bytes each, at most 160. The logarithm comes from a table, rebuilt when n
// has grown by n/24 + 24, which is what makes a score cost a few nanoseconds. A bucket's count and its entry of the
// table stand together, and all of one calibration but its buckets takes 32 bytes: a stream has twelve, and what a
// score costs is two cache lines. At n = 65,536 all counts are halved, so the scale follows the stream. Moved, not
// copied; one thread at a time. r may be any double: NaN and negative count as 0.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace spindrift {

class calibration {
public:
  static constexpr unsigned warm_up = 50;
  static constexpr int octave_min = -20;
  static constexpr int octave_max = 20;
  static constexpr unsigned buckets_max = static_cast<unsigned>(octave_max - octave_min) * 4U;
  static constexpr unsigned count_max = 65536;

  // The surprise of r; then r is counted.
  double update(double r);

  unsigned count() const { return count_; }
  std::size_t memory_bytes() const { return held_ * sizeof(bucket); }

  // The bucket of r > 0, in 0 .. buckets_max - 1.
  static unsigned bucket_of(double r);

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint32_t first = first_bucket_;
    std::uint32_t count = count_;
    std::uint32_t table_count = table_count_;
    std::uint32_t table_nonzero = table_nonzero_;
    archive(first, count, zeros_, rebuild_at_, table_count, table_nonzero, largest_);
    if constexpr (Archive::reads) {
      if (count >= count_max || table_count >= count_max || table_nonzero > table_count) return archive.refuse();
      count_ = static_cast<std::uint16_t>(count);
      table_count_ = static_cast<std::uint16_t>(table_count);
      table_nonzero_ = static_cast<std::uint16_t>(table_nonzero);
    }
    std::vector<std::uint16_t> counts;
    std::vector<float> surprises;
    if constexpr (!Archive::reads) copy_to(counts, surprises);
    archive.sequence(counts, buckets_max);
    archive.sequence(surprises, buckets_max);
    if constexpr (Archive::reads) {
      if (!take_over(first, counts, surprises)) archive.refuse();
    }
  }

private:
  // Six bytes: a float by itself would be aligned and make it eight.
  struct bucket {
    std::uint16_t count = 0;
    std::array<std::uint16_t, 2> surprise_bits{};

    float surprise() const { return std::bit_cast<float>(surprise_bits); }
    void set_surprise(float surprise) { surprise_bits = std::bit_cast<std::array<std::uint16_t, 2>>(surprise); }
  };
  static_assert(sizeof(bucket) == 6);

  double surprise_of(unsigned place) const;
  double surprise_beyond(bool above_all) const;
  void add(unsigned place);
  void count_one();
  void widen(unsigned place);
  void rebuild();
  void halve();
  void copy_to(std::vector<std::uint16_t>& counts, std::vector<float>& surprises) const;
  bool take_over(std::uint32_t first, const std::vector<std::uint16_t>& counts, const std::vector<float>& surprises);

  std::unique_ptr<bucket[]> buckets_;  // first_bucket_ and up, held_ of them
  double largest_ = 0.0;
  std::uint32_t zeros_ = 0;
  std::uint32_t rebuild_at_ = warm_up;
  std::uint16_t count_ = 0;        // n, below count_max: all buckets and zeros
  std::uint16_t table_count_ = 0;  // n, and how many were not zero, when the table was built
  std::uint16_t table_nonzero_ = 0;
  std::uint8_t first_bucket_ = 0;
  std::uint8_t held_ = 0;
};

}  // namespace spindrift
