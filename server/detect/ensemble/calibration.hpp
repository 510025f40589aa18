// Turns raw scores of any scale into surprise: -log10 of how often this stream has shown a score at least as large.
//
//   s = -log10((above + in_bucket/2 + 1/2) / (n + 1)),  plus 2 log10(r / max) when r is the largest ever;
//   s = 0 for r = 0 and for the first 50 scores. s is taken before r is counted; a score of 0 counts towards n.
//
// For the scores of a point together, each with counts of its own. They live in buckets of a quarter of an octave from
// 2^-20 to 2^20 (what lies beyond goes to the end buckets), and only the span of buckets in use is held. What is small
// for its stream surprises nobody, so about the lowest quarter of the scores shares a bucket: else half of all
// buckets would tell surprises of less than 0.03 from each other. The logarithms come from a table, rebuilt when n has
// grown by n/24 + 24, which is what makes a score cost a few nanoseconds; an entry of it is a byte and exact to 1/72, a
// count another byte: exact below 64, then in steps of a sixteenth of an octave, of which a point goes one with the
// chance that there is of it (Morris, CACM 21, 1978), by a lot that depends on n alone. All buckets lie in one block
// behind each other: some 0.3 KiB, then 0.45, at most 3.8 KiB. At n = 65,536 all counts are halved, so the scale
// follows the stream. Moved, not copied; one thread at a time. r may be any double: NaN and negative count as 0.
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
  void prefetch() const { buckets_.prefetch(held_); }

  unsigned count() const { return count_; }
  unsigned bucket_count() const { return held_; }
  std::size_t memory_bytes() const { return bucket_row::bytes_for(held_); }

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
  // A count and a surprise each, beside each other: what a point touches. How many there are is known outside.
  class bucket_row {
  public:
    bucket_row() = default;
    explicit bucket_row(std::size_t size) : bytes_(std::make_unique<std::uint8_t[]>(bytes_for(size))) {}

    // In steps of 64 with what the heap adds to it: of exact sizes a young stream has sixty one after the other, and
    // the holes that they leave are larger than what the steps leave empty.
    static constexpr std::size_t bytes_for(std::size_t size) {
      return size == 0 ? 0 : (2U * size + heap_header + block_step - 1) / block_step * block_step - heap_header;
    }
    explicit operator bool() const { return bytes_ != nullptr; }

    void prefetch(std::size_t size) const { prefetch_bytes(bytes_.get(), 2U * size); }

    unsigned count(std::size_t i) const {
      const unsigned code = bytes_[2 * i];
      return code < exact_end ? code : (16U + (code & 15U)) << ((code >> 4U) - 2U);
    }
    void set_count(std::size_t i, unsigned count);
    // So many behind each other as they are; `of` may be the row itself.
    void take(std::size_t to, const bucket_row& of, std::size_t from, std::size_t many) {
      if (many == 0) return;  // a row of none has no bytes to point at
      std::memmove(bytes_.get() + 2 * to, of.bytes_.get() + 2 * from, 2 * many);
    }
    // One more, or a step of 2^k more if `lot`, evenly from 0 to 2^32, is below 2^(32 - k); returns the surprise.
    std::uint8_t count_up(std::size_t i, std::uint32_t lot) {
      std::uint8_t* const one = bytes_.get() + 2 * i;
      const unsigned code = *one;
      if (code < exact_end || (lot < (std::uint64_t{1} << 34U) >> (code >> 4U) && code < code_max)) ++*one;
      return one[1];
    }
    // In steps of 1/36.
    std::uint8_t surprise(std::size_t i) const { return bytes_[2 * i + 1]; }
    void set_surprise(std::size_t i, std::uint8_t steps) { bytes_[2 * i + 1] = steps; }
    // Of none yet.
    void begin(std::size_t i, std::uint8_t steps) {
      bytes_[2 * i] = 0;
      set_surprise(i, steps);
    }

  private:
    // A count as it is, then 16 and the lower four bits, 2^k times for k = the upper four less 2.
    static constexpr unsigned exact_end = 64;
    static constexpr unsigned code_max = 223;  // the last one below count_max
    static constexpr std::size_t block_step = 64;
    static constexpr std::size_t heap_header = 8;

    std::unique_ptr<std::uint8_t[]> bytes_;
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
  void add_beyond(std::size_t score, std::size_t begin, unsigned place, std::uint32_t lot);
  void widen(std::size_t score, unsigned first, unsigned end);
  void hold(const std::array<span, scores>& wanted);
  void fold();
  void rebuild();
  void halve();
  std::array<saved_scale, scores> copied() const;
  bool take_over(const std::array<saved_scale, scores>& saved);

  bucket_row buckets_;
  std::uint16_t count_ = 0;        // n: all buckets of a score, and its zeros
  std::uint16_t table_count_ = 0;  // n when the table was built
  std::uint16_t held_ = 0;         // buckets of all spans
  std::array<span, scores> spans_{};
  std::array<std::uint16_t, scores> largest_{};  // the upper half of a float, rounded upward
};
static_assert(sizeof(calibration) == 64);

}  // namespace spindrift
