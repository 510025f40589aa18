// Values that nearly never occur, where one value nearly always does.
#include "server/detect/rare_value.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace spindrift {
namespace {

constexpr std::uint32_t n_max = 16384;
constexpr double rules_from = 0.85;
constexpr double rules_until = 0.80;
constexpr double half = 0.5;
constexpr std::uint32_t known = 40;
constexpr double rare_below = 1.0 / 400;
constexpr double rare_z = 5;
constexpr double rare_octaves = 8.64385618977472;  // log2 of 400
constexpr double noticeable = 1e-3;                // of the usual value
constexpr double far = 0.1;                        // of it: news even to a young stream
constexpr std::uint8_t told_points = 9;
constexpr double octaves_more_max = 30;

// As std::frexp has it, which is a call, of a number that is not negative.
int exponent_of(double x) {
  const auto held = static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52U);
  if (held > 0 && held < 0x7FF) return held - 1'022;
  int exponent = 0;
  std::frexp(x, &exponent);
  return exponent;
}

// log2, a straight line within each octave: the same in every C library.
double coarse_log2(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return exponent - 2 + 2 * mantissa;
}

}  // namespace

rare_value::judgement rare_value::update(double x) {
  const double d = x - usual_;
  // A first distance that is absurd (one reading of 10^9) would put all others into one bucket.
  if (n_ > 0 && d != 0 && unit_ == 0) unit_ = usual_ != 0 ? std::min(std::abs(d), far * std::abs(usual_)) : std::abs(d);
  // Of nearly all streams there is nothing to judge.
  const judgement seen = rules_ && n_ > 0 ? judge(d, bucket_of(d)) : judgement();
  learn(x, d);
  return seen;
}

std::size_t rare_value::bucket_of(double d) const {
  if (d == 0 || unit_ == 0) return 0;
  const int octave = exponent_of(std::abs(d) / unit_);
  const auto place = static_cast<std::size_t>(std::clamp(octave + 6, 0, static_cast<int>(octaves) - 1));
  return d < 0 ? place : octaves + place;
}

rare_value::judgement rare_value::judge(double d, std::size_t bucket) const {
  judgement seen;
  seen.rules = true;
  seen.usual = usual_;
  if (d == 0) return seen;
  // The octave below counts too: twice as far is not yet another thing.
  const std::size_t end = bucket < octaves ? octaves : 2 * octaves;
  const std::size_t begin = bucket % octaves == 0 ? bucket : bucket - 1;
  double times = 0;
  for (std::size_t i = begin; i < end; ++i) times += (*counts_)[i];
  // The present stay has been counted already.
  if (stay_ > 0 && stay_bucket_ >= begin && stay_bucket_ < end) times -= 1;
  const double p = (std::max(0.0, times) + 0.5) / (n_ + 1.0);
  const double size = std::abs(d);
  double z = rare_z * -coarse_log2(p) / rare_octaves;
  const double least = noticeable * std::abs(usual_);
  // Far ranks above near, by octaves of what is noticeable or of the first distance.
  z += 0.5 * std::clamp(coarse_log2(size / std::max(least, unit_)), 0.0, octaves_more_max);
  const bool is_new = times <= 0 && n_ >= known && size >= far * std::abs(usual_);
  if (is_new) z = std::max(z, rare_z * 1.01);
  const bool can = size >= least && stay_ < told_points && (p < rare_below || is_new);
  if (!can) z = std::min(z, rare_z * std::min(1.0, size / std::max(least, 1e-300)) * 0.999);
  seen.rare = can && z > rare_z;
  seen.z = d < 0 ? -z : z;
  return seen;
}

// The share begins at none, over the memory that there is: a stream that stands still for an hour is none of this kind.
void rare_value::replace_usual(double x) {
  const unsigned age = age_;
  std::unique_ptr<octave_counts> counts = std::move(counts_);
  *this = rare_value();
  age_ = age & (2 * memory - 1);
  usual_ = x;
  votes_ = 1;
  if (!counts) return;
  counts->fill(0);
  counts_ = std::move(counts);
}

// While the usual value has not come again: it was left once at most, or another one would have replaced it.
rare_value::octave_counts rare_value::counts_so_far() const {
  octave_counts counts{};
  if (stay_ > 0) counts[stay_bucket_] = 1;
  return counts;
}

void rare_value::count(std::size_t bucket) {
  const std::size_t side = bucket / octaves;
  if (stay_ > 0 && stay_bucket_ / octaves == side && bucket <= stay_bucket_) return;
  if (counts_) {
    // Farther in the same stay: what was counted nearer is what this is.
    std::uint16_t& nearer = (*counts_)[stay_bucket_];
    if (stay_ > 0 && stay_bucket_ / octaves == side && nearer > 0) --nearer;
    std::uint16_t& here = (*counts_)[bucket];
    if (here < UINT16_MAX) ++here;
  }
  stay_bucket_ = bucket & (2 * octaves - 1);
}

void rare_value::learn(double x, double d) {
  const bool usual = n_ > 0 && x == usual_;
  if (usual) {
    if (!counts_) counts_ = std::make_unique<octave_counts>(counts_so_far());
    if (votes_ < votes_max) ++votes_;
    stay_ = 0;
  } else if (votes_ == 0 && share_ < half) {
    replace_usual(x);
  } else {
    if (votes_ > 0) --votes_;
    count(bucket_of(d));
    stay_ = static_cast<std::uint8_t>(std::min<int>(stay_ + 1, UINT8_MAX));
  }
  ++n_;
  if (age_ < memory) ++age_;
  share_ += ((x == usual_ ? 1.0 : 0.0) - share_) / age_;
  rules_ = n_ >= 16 && share_ >= (rules_ ? rules_until : rules_from);
  if (n_ < n_max) return;
  n_ /= 2;
  if (!counts_) return;
  for (auto& times : *counts_) times = static_cast<std::uint16_t>(times / 2);
}

}  // namespace spindrift
