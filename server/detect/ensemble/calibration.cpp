// Turns scores into probabilities by what was seen before.
#include "server/detect/ensemble/calibration.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace spindrift {

unsigned calibration::bucket_of(double r) {
  const auto bits = std::bit_cast<std::uint64_t>(r);
  const int octave = static_cast<int>(bits >> 52U) - 1023;
  if (octave < octave_min) return 0;
  if (octave >= octave_max) return buckets_max - 1;
  // The mantissa, as an integer, against 2^(1/4), 2^(1/2) and 2^(3/4): equal steps of the logarithm without taking it.
  const std::uint64_t mantissa = bits & 0xFFFFFFFFFFFFFULL;
  const unsigned quarter = static_cast<unsigned>(mantissa >= 0x306FE0A31B715ULL) +
                           static_cast<unsigned>(mantissa >= 0x6A09E667F3BCDULL) +
                           static_cast<unsigned>(mantissa >= 0xAE89F995AD3ADULL);
  return static_cast<unsigned>(octave - octave_min) * 4U + quarter;
}

double calibration::update(double r) {
  if (!(r > 0.0)) {
    ++zeros_;
    count_one();
    return 0.0;
  }
  const unsigned place = bucket_of(r);
  double surprise = 0.0;
  if (count_ >= warm_up) {
    if (count_ >= rebuild_at_) rebuild();
    surprise = surprise_of(place);
    if (r > largest_ && largest_ > 0.0) surprise += 2.0 * std::log10(r / largest_);
  }
  largest_ = std::max(largest_, r);
  add(place);
  return surprise;
}

double calibration::surprise_of(unsigned place) const {
  const unsigned index = place - first_bucket_;  // wraps to a large number below the first bucket
  return index < held_ ? static_cast<double>(buckets_[index].surprise()) : surprise_beyond(place >= first_bucket_);
}

// Of a bucket that was outside the span when the table was built: nothing was in it, and all or nothing above.
double calibration::surprise_beyond(bool above_all) const {
  const double above = above_all ? 0.0 : static_cast<double>(table_nonzero_);
  return -std::log10((above + 0.5) / (static_cast<double>(table_count_) + 1.0));
}

void calibration::add(unsigned place) {
  if (place - first_bucket_ >= held_) widen(place);
  auto& in_bucket = buckets_[place - first_bucket_].count;
  if (in_bucket < std::numeric_limits<std::uint16_t>::max()) ++in_bucket;
  count_one();
}

void calibration::count_one() {
  if (count_ + 1U < count_max) {
    ++count_;
  } else {
    halve();
  }
}

// A fresh block of exactly the new size: at most 160 times in a stream's life, and no spare capacity is kept.
void calibration::widen(unsigned place) {
  const unsigned first = held_ == 0 ? place : std::min<unsigned>(first_bucket_, place);
  const unsigned end = held_ == 0 ? place + 1 : std::max<unsigned>(first_bucket_ + held_, place + 1);
  auto wider = std::make_unique<bucket[]>(end - first);
  bucket empty;
  empty.set_surprise(static_cast<float>(surprise_beyond(place >= first_bucket_)));
  std::fill_n(wider.get(), end - first, empty);
  if (held_ > 0) std::copy_n(buckets_.get(), held_, wider.get() + (first_bucket_ - first));
  buckets_ = std::move(wider);
  first_bucket_ = static_cast<std::uint8_t>(first);
  held_ = static_cast<std::uint8_t>(end - first);
}

void calibration::rebuild() {
  const double total = static_cast<double>(count_) + 1.0;
  double above = 0.0;
  double last_tail = -1.0;
  float surprise = 0.0F;
  for (std::size_t i = held_; i-- > 0;) {
    const auto in_bucket = static_cast<double>(buckets_[i].count);
    const double tail = above + 0.5 * in_bucket + 0.5;
    if (tail != last_tail) surprise = static_cast<float>(-std::log10(tail / total));
    buckets_[i].set_surprise(surprise);
    last_tail = tail;
    above += in_bucket;
  }
  table_count_ = count_;
  table_nonzero_ = static_cast<std::uint16_t>(count_ - zeros_);
  rebuild_at_ = count_ + count_ / 24U + 24U;
}

void calibration::halve() {
  zeros_ /= 2;
  std::uint32_t count = zeros_;
  for (std::size_t i = 0; i < held_; ++i) {
    buckets_[i].count = static_cast<std::uint16_t>(buckets_[i].count / 2U);
    count += buckets_[i].count;
  }
  count_ = static_cast<std::uint16_t>(count);
  rebuild();
}

void calibration::copy_to(std::vector<std::uint16_t>& counts, std::vector<float>& surprises) const {
  for (std::size_t i = 0; i < held_; ++i) {
    counts.push_back(buckets_[i].count);
    surprises.push_back(buckets_[i].surprise());
  }
}

// False: what was read cannot be.
bool calibration::take_over(std::uint32_t first, const std::vector<std::uint16_t>& counts,
                            const std::vector<float>& surprises) {
  if (counts.size() != surprises.size() || first > buckets_max || counts.size() > buckets_max - first ||
      zeros_ > count_) {
    return false;
  }
  first_bucket_ = static_cast<std::uint8_t>(first);
  held_ = static_cast<std::uint8_t>(counts.size());
  buckets_ = std::make_unique<bucket[]>(held_);
  for (std::size_t i = 0; i < held_; ++i) {
    buckets_[i].count = counts[i];
    buckets_[i].set_surprise(surprises[i]);
  }
  return true;
}

}  // namespace spindrift
