// Turns scores into probabilities by what was seen before.
#include "server/detect/ensemble/calibration.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace spindrift {

namespace {
// Of scores that are not 0: this part may share the lowest bucket; so much in it, and what comes gets its own again.
constexpr std::uint32_t folded_part = 4;
constexpr std::uint32_t cut_part = 3;
constexpr double steps = 36.0;
constexpr double largest_max = 1e30;  // within a float

// No count below count_max has a surprise beyond what 8 bits hold.
std::uint8_t in_steps(double surprise) {
  return static_cast<std::uint8_t>(std::clamp(surprise, 0.0, 7.0) * steps + 0.5);
}

// The same of a part of all scores. A polynomial is as good as the logarithm, but for what lies beside half a step.
std::uint8_t steps_of_part(double part) {
  constexpr float steps_per_octave = 10.837080F;  // 36 log10(2)
  constexpr float unsure = 0.005F;                // the polynomial is exact to a quarter of that
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(part));
  const float octaves = static_cast<float>(static_cast<std::int32_t>(bits >> 23U) - 127);
  const float u = std::bit_cast<float>((bits & 0x7FFFFFU) | 0x3F800000U) - 1.0F;
  const float log2 = octaves + u * (1.4387257F + u * (-0.6777838F + u * (0.3211887F + u * -0.0821306F)));
  const float in_steps_and_half = std::max(log2 * -steps_per_octave, 0.0F) + 0.5F;
  const auto whole = static_cast<std::int32_t>(in_steps_and_half);
  const float beyond = in_steps_and_half - static_cast<float>(whole);
  if (beyond < unsure || beyond > 1.0F - unsure) return in_steps(-std::log10(part));
  return static_cast<std::uint8_t>(whole);
}

// Equal steps of the logarithm without taking it: of each eighth of the mantissas, what has to be added so that the
// upper two bits tell the quarter of the octave. In three of them one of 2^(1/4), 2^(1/2) and 2^(3/4) lies.
constexpr std::uint64_t quarter = std::uint64_t{1} << 50U;
constexpr std::array<std::uint64_t, 8> quarter_shift{
    0, quarter - 0x306FE0A31B715ULL, 0, 2 * quarter - 0x6A09E667F3BCDULL, 0, 3 * quarter - 0xAE89F995AD3ADULL, 0, 0};

// For n, evenly over all of them and over those at even distances: the multiples of the golden ratio.
std::uint32_t lot_of(std::uint32_t n) {
  return n * 0x9E3779B9U;
}

// Of what is not negative. Upward, so that nothing is larger than what is kept of it.
std::uint16_t upper_half_of(double r) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(std::min(r, largest_max)));
  return static_cast<std::uint16_t>((bits + 0xFFFFU) >> 16U);
}
double from_upper_half(std::uint16_t half) {
  return static_cast<double>(std::bit_cast<float>(std::uint32_t{half} << 16U));
}

// The least part of all scores that so many steps of surprise can mean.
constexpr auto part_of = [] {
  constexpr double per_step = 0.9380418;  // 10^(-1/36), rounded down
  std::array<float, 256> all{};
  double part = 0.9685256;  // half a step: what rounding may have added
  for (float& one : all) {
    one = static_cast<float>(part);
    part *= per_step;
  }
  return all;
}();
}  // namespace

unsigned calibration::bucket_of(double r) {
  constexpr double lowest = 0x1p-20;
  constexpr double highest = 0x1.fffffffffffffp19;
  static_assert(octave_min == -20 && octave_max == 20);
  const auto above =
      std::bit_cast<std::uint64_t>(std::min(std::max(r, lowest), highest)) - std::bit_cast<std::uint64_t>(lowest);
  return static_cast<unsigned>((above + quarter_shift[above >> 49U & 7U]) >> 50U);
}

void calibration::bucket_row::set_count(std::size_t i, unsigned count) {
  const auto beyond = static_cast<unsigned>(std::bit_width(count)) - 5U;  // bits that a step leaves out
  const unsigned code = count < exact_end ? count : std::min(16U * (beyond + 1U) + (count >> beyond), code_max);
  bytes_[2 * i] = static_cast<std::uint8_t>(code);
}

std::array<double, calibration::scores> calibration::update(const std::array<double, scores>& raw) {
  std::array<double, scores> surprises{};
  const bool is_warm = count_ >= warm_up;
  if (is_warm && count_ >= rebuild_at(table_count_)) rebuild();
  const std::uint32_t lot = lot_of(count_);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < scores; ++i) {
    const span of = spans_[i];
    const double r = raw[i];
    if (r > 0.0) {
      const unsigned place = bucket_of(r);
      const unsigned index = place - of.first;  // beyond any when it lies below
      if (index < of.held) {
        surprises[i] = buckets_.count_up(begin + index, lot) * (1.0 / steps);
      } else {
        surprises[i] = surprise_of(of, begin, place);
        add_beyond(i, begin, place, lot);
      }
      if (r > from_upper_half(largest_[i])) surprises[i] += record(i, r);
    }
    begin += spans_[i].held;
  }
  if (!is_warm) surprises.fill(0.0);
  if (count_ + 1U == count_max) {
    halve();
  } else {
    ++count_;
  }
  return surprises;
}

// What the largest ever surprises beyond its bucket.
double calibration::record(std::size_t score, double r) {
  const double before = from_upper_half(largest_[score]);
  largest_[score] = upper_half_of(r);
  return before > 0.0 ? 2.0 * std::log10(r / before) : 0.0;
}

double calibration::held_surprise(std::size_t bucket) const {
  return buckets_.surprise(bucket) * (1.0 / steps);
}

// Above the span nothing was when the table was built. Below it is what shares the lowest bucket.
double calibration::surprise_of(const span& of, std::size_t begin, unsigned place) const {
  const unsigned index = place < of.first ? 0U : place - of.first;
  if (index < of.held) return held_surprise(begin + index);
  return -std::log10(0.5 / (static_cast<double>(table_count_) + 1.0));
}

// One more where no bucket is held: it is widened to there, or counts below.
void calibration::add_beyond(std::size_t score, std::size_t begin, unsigned place, std::uint32_t lot) {
  const span& of = spans_[score];
  if (of.held == 0) {
    widen(score, place, place + 1);
  } else if (place > of.first) {
    widen(score, of.first, place + 1);
  } else if (has_much_lowest(of, begin)) {
    widen(score, place, unsigned{of.first} + of.held);
  } else {
    place = of.first;
  }
  buckets_.count_up(begin + place - of.first, lot);
}

// More than its part. Most often the surprise of the lowest bucket says that it has not: when the table was built it
// stood for all scores above the bucket and half of those in it, and there are no fewer now.
bool calibration::has_much_lowest(const span& of, std::size_t begin) const {
  const unsigned lowest = buckets_.count(begin);
  const float told = (static_cast<float>(table_count_) + 1.0F) * part_of[buckets_.surprise(begin)];
  if (told >= (static_cast<float>(cut_part) - 0.5F) * static_cast<float>(lowest) + 1.0F) return false;
  const std::uint32_t most = lowest * cut_part;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < of.held && sum < most; ++i) sum += buckets_.count(begin + i);
  return sum < most;
}

std::size_t calibration::begin_of(std::size_t score) const {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < score; ++i) begin += spans_[i].held;
  return begin;
}

std::uint32_t calibration::nonzero_of(const span& of, std::size_t begin) const {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < of.held; ++i) sum += buckets_.count(begin + i);
  return sum;
}

// What is new surprises as what lies beyond the span does: as nothing below it, as all above it.
void calibration::widen(std::size_t score, unsigned first, unsigned end) {
  const span before = spans_[score];
  const std::size_t begin = begin_of(score);  // stays where it is
  const std::uint8_t below = before.held == 0 ? std::uint8_t{0} : buckets_.surprise(begin);
  const std::uint8_t above = in_steps(surprise_of(before, begin, buckets_max));
  const std::size_t next = begin + before.held;
  const std::size_t held = end - first;
  const std::size_t total = held_ - before.held + held;
  bucket_row wider;
  if (bucket_row::bytes_for(total) != bucket_row::bytes_for(held_)) {
    wider = bucket_row(total);
    wider.take(0, buckets_, 0, begin);
  }
  bucket_row& to = wider ? wider : buckets_;
  // From behind, since it may be the same row.
  to.take(begin + held, buckets_, next, held_ - next);
  to.take(begin + (before.held == 0 ? 0U : before.first - first), buckets_, begin, before.held);
  for (unsigned place = first; place < end; ++place) {
    if (place - before.first < before.held) continue;
    to.begin(begin + place - first, before.held != 0 && place < before.first ? below : above);
  }
  if (wider) buckets_ = std::move(wider);
  held_ = static_cast<std::uint16_t>(total);
  spans_[score] = {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(held)};
}

// A fresh block for the wanted spans, seldom. What is cut off below is counted in the lowest bucket.
void calibration::hold(const std::array<span, scores>& wanted) {
  const auto total = std::accumulate(wanted.begin(), wanted.end(), std::size_t{0},
                                     [](std::size_t sum, const span& of) { return sum + of.held; });
  bucket_row buckets(total);
  std::size_t before_begin = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < scores; ++i) {
    const span before = spans_[i];
    spans_[i] = wanted[i];
    std::size_t from = before_begin;
    std::size_t to = begin;
    std::size_t left = before.held;
    if (wanted[i].first > before.first) {
      const std::size_t lowest = std::min<std::size_t>(left, unsigned{wanted[i].first} - before.first + 1U);
      for (; left > before.held - lowest; ++from, --left) {
        buckets.set_count(to, buckets.count(to) + buckets_.count(from));
        buckets.set_surprise(to, buckets_.surprise(from));
      }
      ++to;
    } else {
      to += unsigned{before.first} - wanted[i].first;
    }
    buckets.take(to, buckets_, from, left);
    before_begin += before.held;
    begin += wanted[i].held;
  }
  buckets_ = std::move(buckets);
  held_ = static_cast<std::uint16_t>(total);
}

void calibration::fold() {
  auto wanted = spans_;
  bool is_shorter = false;
  std::size_t begin = 0;
  for (span& of : wanted) {
    const std::size_t next = begin + of.held;
    const std::uint32_t most = nonzero_of(of, begin) / folded_part;
    std::uint32_t lowest = of.held == 0 ? 0U : buckets_.count(begin);
    for (unsigned i = 1; of.held > 1 && (lowest += buckets_.count(begin + i)) <= most; ++i) {
      ++of.first;
      --of.held;
      is_shorter = true;
      if (of.held == 1) break;
    }
    begin = next;
  }
  if (is_shorter) hold(wanted);
}

void calibration::rebuild() {
  // Seldom, so that scores which have become smaller are many enough by then to stay.
  if (std::bit_width(unsigned{count_}) != std::bit_width(unsigned{table_count_})) fold();
  const double total = static_cast<double>(count_) + 1.0;
  std::size_t begin = 0;
  for (const span& of : spans_) {
    double above = 0.0;
    for (std::size_t i = of.held; i-- > 0;) {
      const auto in_bucket = static_cast<double>(buckets_.count(begin + i));
      buckets_.set_surprise(begin + i, steps_of_part((above + 0.5 * in_bucket + 0.5) / total));
      above += in_bucket;
    }
    begin += of.held;
  }
  table_count_ = count_;
}

// As it is about to reach count_max.
void calibration::halve() {
  count_ = count_max / 2;
  for (std::size_t i = 0; i < held_; ++i) buckets_.set_count(i, buckets_.count(i) / 2U);
  rebuild();
}

std::array<calibration::saved_scale, calibration::scores> calibration::copied() const {
  std::array<saved_scale, scores> saved;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < scores; begin += spans_[i].held, ++i) {
    const span& of = spans_[i];
    saved_scale& to = saved[i];
    to.first = of.first;
    to.count = count_;
    to.zeros = to.count - std::min(to.count, nonzero_of(of, begin));
    to.rebuild_at = std::max(warm_up, rebuild_at(table_count_));
    to.table_count = table_count_;
    to.table_nonzero = to.table_count - std::min(to.table_count, to.zeros);
    to.largest = from_upper_half(largest_[i]);
    for (std::size_t k = 0; k < of.held; ++k) {
      to.counts.push_back(static_cast<std::uint16_t>(buckets_.count(begin + k)));
      to.surprises.push_back(static_cast<float>(buckets_.surprise(begin + k) / steps));
    }
  }
  return saved;
}

// False: what was read cannot be. The count of one score is that of all: by itself each has been halved to within a
// few.
bool calibration::take_over(const std::array<saved_scale, scores>& saved) {
  std::array<span, scores> wanted{};
  for (std::size_t i = 0; i < scores; ++i) {
    const saved_scale& from = saved[i];
    if (from.counts.size() != from.surprises.size() || from.first > buckets_max ||
        from.counts.size() > buckets_max - from.first || from.count >= count_max || from.zeros > from.count ||
        from.table_count >= count_max || !(from.largest >= 0.0)) {
      return false;
    }
    largest_[i] = upper_half_of(from.largest);
    wanted[i].first = static_cast<std::uint8_t>(from.first);
    wanted[i].held = static_cast<std::uint8_t>(from.counts.size());
  }
  count_ = static_cast<std::uint16_t>(saved[0].count);
  table_count_ = static_cast<std::uint16_t>(saved[0].table_count);
  spans_ = {};
  held_ = 0;
  hold(wanted);
  constexpr double surprise_max = 7.0;  // beyond any that a count below count_max can have
  std::size_t begin = 0;
  for (std::size_t i = 0; i < scores; begin += spans_[i].held, ++i) {
    for (std::size_t k = 0; k < saved[i].counts.size(); ++k) {
      const auto surprise = static_cast<double>(saved[i].surprises[k]);
      if (!(surprise >= 0.0 && surprise <= surprise_max)) return false;
      const std::size_t taken = begin + k;
      buckets_.set_count(taken, saved[i].counts[k]);
      buckets_.set_surprise(taken, in_steps(surprise));
    }
  }
  return true;
}

}  // namespace spindrift
