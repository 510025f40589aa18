// Turns raw scores of any scale into surprise: -log10 of how often this stream has shown a score at least as large.
//
//   s = -log10((above + in_bucket/2 + 1/2) / (n + 1)),  plus 2 log10(r / max) when r is the largest ever;
//   s = 0 for r = 0 and for the first 50 scores. s is taken before r is counted; a score of 0 counts towards n.
//
// For the scores of a point together, each with counts of its own. They live in buckets of a quarter of an octave from
// 2^-20 to 2^20 (what lies beyond goes to the end buckets), and only the span of buckets in use is held. What is small
// for its stream surprises nobody, so about the lowest quarter of the scores shares a bucket: else half of all
// buckets would tell surprises of less than 0.03 from each other. The logarithms come from a table, rebuilt when n has
// grown by n/24 + 24, which is what makes a score cost a few nanoseconds; a bucket and its entry of the table take
// two bytes while n < 255, then three; an entry is exact to 1/72. All buckets lie in one block behind each other: some
// 0.5 KiB, then 0.8, at most 5.7 KiB. At n = 65,536 all counts are halved, so the scale follows the stream. Moved, not
// copied; one thread at a time. r may be any double: NaN and negative count as 0.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "server/detect/prefetch.hpp"

namespace spindrift {

class calibration {
public:
  static constexpr std::size_t scores = 12;
  static constexpr unsigned warm_up = 50;
  static constexpr int octave_min = -20;
  static constexpr int octave_max = 20;
  static constexpr unsigned buckets_max = static_cast<unsigned>(octave_max - octave_min) * 4U;
  static constexpr unsigned count_max = 65536;

  // The surprises of a point's scores; then those are counted.
  std::array<double, scores> update(const std::array<double, scores>& raw);

  // What the next point will touch.
  void prefetch() const { buckets_.prefetch(); }

  unsigned count() const { return count_; }
  std::size_t memory_bytes() const { return buckets_.memory_bytes(); }

  // The bucket of r > 0, in 0 .. buckets_max - 1.
  static unsigned bucket_of(double r);

  template <class Archive>
  void visit_state(Archive& archive) {
    std::array<saved_scale, scores> saved;
    if constexpr (!Archive::reads) saved = copied();
    archive(saved);
    if constexpr (Archive::reads) {
      if (!take_over(saved)) archive.refuse();
    }
  }

private:
  // A count and a surprise each, beside each other: what a point touches. What a count has beyond a byte lies behind
  // them all, and not before one may need it.
  class bucket_row {
  public:
    static constexpr unsigned narrow_max = 255;

    bucket_row() = default;
    bucket_row(std::size_t size, bool is_wide)
        : bytes_(std::make_unique<std::uint8_t[]>(size * (is_wide ? 3U : 2U))),
          size_(static_cast<std::uint16_t>(size)),
          is_wide_(is_wide) {}

    void prefetch() const { prefetch_bytes(bytes_.get(), 2U * size_); }

    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const { return size_ * (is_wide_ ? 3U : 2U); }
    unsigned count(std::size_t i) const { return bytes_[2 * i] + (is_wide_ ? 256U * bytes_[2U * size_ + i] : 0U); }
    // At most narrow_max unless it is wide.
    void set_count(std::size_t i, unsigned count) {
      bytes_[2 * i] = static_cast<std::uint8_t>(count & 0xFFU);
      if (is_wide_) bytes_[2U * size_ + i] = static_cast<std::uint8_t>(count >> 8U);
    }
    // So many behind each other as they are; what had no wide counts has none beyond a byte.
    void take(std::size_t to, const bucket_row& of, std::size_t from, std::size_t many) {
      if (many == 0) return;  // a row of none has no bytes to point at
      std::memcpy(bytes_.get() + 2 * to, of.bytes_.get() + 2 * from, 2 * many);
      if (of.is_wide_) std::memcpy(bytes_.get() + 2U * size_ + to, of.bytes_.get() + 2U * of.size_ + from, many);
    }
    // One more, unless that is count_max; returns the surprise.
    std::uint8_t count_up(std::size_t i) {
      std::uint8_t* const one = bytes_.get() + 2 * i;
      if (*one < narrow_max) {
        ++*one;
      } else if (is_wide_ && bytes_[2U * size_ + i] < narrow_max) {
        set_count(i, count(i) + 1U);
      }
      return one[1];
    }
    // In steps of 1/36.
    std::uint8_t surprise(std::size_t i) const { return bytes_[2 * i + 1]; }
    void set_surprise(std::size_t i, std::uint8_t steps) { bytes_[2 * i + 1] = steps; }

  private:
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::uint16_t size_ = 0;
    bool is_wide_ = false;
  };
  // The buckets of one score that are held; they stand behind those of the scores before it.
  struct span {
    std::uint8_t first = 0;
    std::uint8_t held = 0;
  };
  // As it is saved: every score by itself, with its own numbers and the whole logarithms.
  struct saved_scale {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t zeros = 0;
    std::uint32_t rebuild_at = 0;
    std::uint32_t table_count = 0;
    std::uint32_t table_nonzero = 0;
    double largest = 0;
    std::vector<std::uint16_t> counts{};
    std::vector<float> surprises{};

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(first, count, zeros, rebuild_at, table_count, table_nonzero, largest);
      archive.sequence(counts, buckets_max);
      archive.sequence(surprises, buckets_max);
    }
  };

  // Of a table of so many: 0 of none, since that is built as soon as it is warm.
  static std::uint32_t rebuild_at(std::uint32_t table_count) { return table_count + table_count / 24 + 24; }
  std::size_t begin_of(std::size_t score) const;
  bool has_much_lowest(const span& of, std::size_t begin) const;
  std::uint32_t nonzero_of(const span& of, std::size_t begin) const;
  double record(std::size_t score, double r);
  double held_surprise(std::size_t bucket) const;
  double surprise_of(const span& of, std::size_t begin, unsigned place) const;
  void add_beyond(std::size_t score, std::size_t begin, unsigned place);
  void widen(std::size_t score, unsigned first, unsigned end);
  void hold(const std::array<span, scores>& wanted);
  void fold();
  void rebuild();
  void halve();
  std::array<saved_scale, scores> copied() const;
  bool take_over(const std::array<saved_scale, scores>& saved);

  bucket_row buckets_;
  std::uint32_t count_ = 0;        // n: all buckets of a score, and its zeros
  std::uint32_t table_count_ = 0;  // n when the table was built
  std::array<float, scores> largest_{};
  std::array<span, scores> spans_{};
};
static_assert(sizeof(calibration) == 96);

}  // namespace spindrift
