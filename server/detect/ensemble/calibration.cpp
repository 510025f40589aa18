// Turns scores into probabilities by what was seen before.
#include "server/detect/ensemble/calibration.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

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
    if (++count_ >= count_max) halve();
    return 0.0;
  }
  const unsigned bucket = bucket_of(r);
  double surprise = 0.0;
  if (count_ >= warm_up) {
    if (count_ >= rebuild_at_) rebuild();
    surprise = surprise_of(bucket);
    if (r > largest_ && largest_ > 0.0) surprise += 2.0 * std::log10(r / largest_);
  }
  largest_ = std::max(largest_, r);
  add(bucket);
  return surprise;
}

double calibration::surprise_of(unsigned bucket) const {
  const unsigned index = bucket - first_bucket_;  // wraps to a large number below the first bucket
  return index < held() ? static_cast<double>(surprises_[index]) : surprise_beyond(bucket >= first_bucket_);
}

// Of a bucket that was outside the span when the table was built: nothing was in it, and all or nothing above.
double calibration::surprise_beyond(bool above_all) const {
  const double above = above_all ? 0.0 : static_cast<double>(table_nonzero_);
  return -std::log10((above + 0.5) / (static_cast<double>(table_count_) + 1.0));
}

void calibration::add(unsigned bucket) {
  if (bucket - first_bucket_ >= held()) widen(bucket);
  auto& in_bucket = counts_[bucket - first_bucket_];
  if (in_bucket < std::numeric_limits<std::uint16_t>::max()) ++in_bucket;
  if (++count_ >= count_max) halve();
}

// Fresh vectors of exactly the new size: at most 160 times in a stream's life, and no spare capacity is kept.
void calibration::widen(unsigned bucket) {
  const unsigned first = counts_.empty() ? bucket : std::min(first_bucket_, bucket);
  const unsigned end = counts_.empty() ? bucket + 1 : std::max(first_bucket_ + held(), bucket + 1);
  std::vector<std::uint16_t> counts(end - first);
  std::vector<float> surprises(end - first, static_cast<float>(surprise_beyond(bucket >= first_bucket_)));
  if (!counts_.empty()) {
    std::copy(counts_.begin(), counts_.end(), counts.begin() + (first_bucket_ - first));
    std::copy(surprises_.begin(), surprises_.end(), surprises.begin() + (first_bucket_ - first));
  }
  counts_.swap(counts);
  surprises_.swap(surprises);
  first_bucket_ = first;
}

void calibration::rebuild() {
  const double total = static_cast<double>(count_) + 1.0;
  double above = 0.0;
  double last_tail = -1.0;
  float surprise = 0.0F;
  for (std::size_t i = counts_.size(); i-- > 0;) {
    const auto in_bucket = static_cast<double>(counts_[i]);
    const double tail = above + 0.5 * in_bucket + 0.5;
    if (tail != last_tail) surprise = static_cast<float>(-std::log10(tail / total));
    surprises_[i] = surprise;
    last_tail = tail;
    above += in_bucket;
  }
  table_count_ = count_;
  table_nonzero_ = count_ - zeros_;
  rebuild_at_ = count_ + count_ / 24 + 24;
}

void calibration::halve() {
  for (auto& in_bucket : counts_) in_bucket = static_cast<std::uint16_t>(in_bucket / 2U);
  zeros_ /= 2;
  count_ = std::accumulate(counts_.begin(), counts_.end(), zeros_);
  rebuild();
}

bool calibration::consistent() const {
  return counts_.size() == surprises_.size() && first_bucket_ <= buckets_max &&
         counts_.size() <= buckets_max - first_bucket_ && zeros_ <= count_ && count_ < count_max;
}

}  // namespace spindrift
