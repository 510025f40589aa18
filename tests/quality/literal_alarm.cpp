// Four groups of raw scores, calibrated, held and averaged, as they are written down.
#include "tests/quality/literal_alarm.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift::quality {
namespace {

constexpr double threshold = 1.27;
constexpr std::uint64_t quiet = 100;
constexpr double day_s = 86'400;

// Monday as day 0; 1970-01-01 was a Thursday.
bool is_weekend(double t) {
  const double day = std::floor(t / day_s) + 3;
  return day - 7 * std::floor(day / 7) >= 5;
}

std::size_t bucket_of(double r, int lowest, std::size_t size) {
  const double place = std::floor(4 * std::log2(r)) - lowest;
  return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(size - 1)));
}

}  // namespace

void literal_alarm::moments::update(double x) {
  count += 1;
  const double k = std::max(1 / window, 1 / count);
  const double d = x - m;
  m += k * d;
  v = (1 - k) * (v + k * d * d);
}

double literal_alarm::deviation(double x, bin& of, double scale) {
  const double q = of.count < 3 ? 0 : std::abs(x - of.m) / std::sqrt(of.v + 0.01 * scale + 1e-12);
  of.count += 1;
  const double k = std::max(0.02, 1 / of.count);
  const double d = x - of.m;
  of.m += k * d;
  of.v = (1 - k) * (of.v + k * d * d);
  return q;
}

double literal_alarm::lasting::update(double q) {
  last.push_back(q);
  if (last.size() > length) last.erase(last.begin());
  double s = 0;
  for (const double each : last) s += each;
  s /= static_cast<double>(last.size());
  const double spread = std::max(std::sqrt(past.v), 1e-6 + 0.01 * std::abs(past.m));
  const double z = past.count < 50 ? 0 : std::max(0.0, (s - past.m) / spread);
  past.update(s);
  return z;
}

double literal_alarm::shape_distance(shape& of, double x) const {
  of.block.push_back(x);
  if (of.block.size() < of.stride) return 0;
  const moments& around = slow_[1];
  double mean = 0;
  for (const double each : of.block) mean += each / static_cast<double>(of.stride);
  const auto [least, most] = std::minmax_element(of.block.begin(), of.block.end());
  const double extreme = *most - around.m >= around.m - *least ? *most : *least;
  of.y.push_back((mean + extreme) / 2);
  of.block.clear();
  if (of.y.size() > blocks) of.y.erase(of.y.begin());
  const double scale = std::sqrt(around.v);
  if (of.y.size() < blocks || scale <= 0) return 0;

  double center = 0;
  for (const double each : of.y) center += each / blocks;
  double square = 0;
  for (const double each : of.y) square += (each - center) * (each - center) / blocks;
  prototype seen{{}, ++of.clock};
  for (std::size_t i = 0; i < blocks; ++i) {
    seen.f[i] = (of.y[i] - (form_.is_around_mean ? around.m : 0)) / scale;
    seen.f[blocks + i] = (of.y[i] - center) / (std::sqrt(square) + 0.1 * scale);
  }
  if (of.stored.empty()) {
    of.stored.push_back(seen);
    return 0;
  }
  const auto distance_to = [&](const prototype& other) {
    double sum = 0;
    for (std::size_t i = 0; i < seen.f.size(); ++i) sum += (seen.f[i] - other.f[i]) * (seen.f[i] - other.f[i]);
    return std::sqrt(sum);
  };
  const auto nearest =
      std::min_element(of.stored.begin(), of.stored.end(),
                       [&](const prototype& a, const prototype& b) { return distance_to(a) < distance_to(b); });
  const double distance = distance_to(*nearest);
  of.closed += 1;
  const double memory = form_.is_unbiased ? std::min(of.closed, 500.0) : 500;
  of.usual += (distance - of.usual) / memory;
  if (distance <= 2 * of.usual) {
    for (std::size_t i = 0; i < seen.f.size(); ++i) nearest->f[i] += 0.05 * (seen.f[i] - nearest->f[i]);
    nearest->used = of.clock;
  } else if (of.stored.size() < shapes_max) {
    of.stored.push_back(seen);
  } else {
    *std::min_element(of.stored.begin(), of.stored.end(),
                      [](const prototype& a, const prototype& b) { return a.used < b.used; }) = seen;
  }
  return distance;
}

double literal_alarm::histogram::surprise(double r) {
  double s = 0;
  if (n >= 50 && n >= rebuild_at) rebuild();
  const std::size_t place = r > 0 ? bucket_of(r, lowest, size) : 0;
  if (r > 0 && n >= 50) {
    s = table[place];
    if (r > largest && largest > 0) s += 2 * std::log10(r / largest);
  }
  largest = std::max(largest, r);
  if (r > 0) counts[place] += 1;
  n += 1;
  if (n < 65'536) return s;
  n = std::floor(n / 2);
  for (double& each : counts) each = std::floor(each / 2);
  rebuild();
  return s;
}

void literal_alarm::histogram::rebuild() {
  double above = 0;
  for (std::size_t i = size; i-- > 0;) {
    table[i] = std::max(0.0, -std::log10((above + 0.5 * counts[i] + 0.5) / (n + 1)));
    above += counts[i];
  }
  rebuild_at = n + std::floor(n / 24) + 24;
}

double literal_alarm::draw_in(double x) const {
  if (!has_range_) return x;
  const double width = highest_ - lowest_;
  const double reach = 10 * (width > 0 ? width : std::max(std::abs(highest_), 1.0));
  return std::clamp(x, lowest_ - reach, highest_ + reach);
}

literal_alarm::answer literal_alarm::update(double x, double t_seconds) {
  if (form_.draws_in) x = draw_in(x);
  std::array<double, raws> raw{};
  const double width = highest_ - lowest_;
  raw[0] = has_range_ && width > 0 ? std::max({x - highest_, lowest_ - x, 0.0}) / width : 0;
  lowest_ = has_range_ ? std::min(lowest_, x) : x;
  highest_ = has_range_ ? std::max(highest_, x) : x;
  has_range_ = true;

  for (moments& each : fast_) each.update(x);
  constexpr std::array<std::size_t, 4> fast_of = {0, 1, 2, 1};
  for (std::size_t i = 0; i < slow_.size(); ++i) {
    const moments& slow = slow_[i];
    raw[1 + i] = slow.count < 20 || slow.v <= 0 ? 0 : std::abs(fast_[fast_of[i]].m - slow.m) / std::sqrt(slow.v);
  }
  for (moments& each : slow_) each.update(x);

  const double second = t_seconds - day_s * std::floor(t_seconds / day_s);
  const auto bin_of = [&](double bins) { return static_cast<std::size_t>(std::min(second / day_s * bins, bins - 1)); };
  const double scale = slow_[0].v;
  const double q24 = deviation(x, hours_[bin_of(24)], scale);
  const double q48 = deviation(x, half_hours_[bin_of(48) + (is_weekend(t_seconds) ? 48U : 0U)], scale);
  raw[5] = lasting_[0].update(q24);
  raw[6] = lasting_[1].update(q48);
  raw[7] = lasting_[2].update(q48);
  raw[8] = deviation(x, quarters_[bin_of(96)], scale);
  for (std::size_t i = 0; i < shapes_.size(); ++i) raw[9 + i] = shape_distance(shapes_[i], x);

  constexpr std::array<std::size_t, groups + 1> begins = {0, 1, 5, 9, raws};
  auto& now = held_[n_ % hold];
  for (std::size_t g = 0; g < groups; ++g) {
    now[g] = 0;
    for (std::size_t i = begins[g]; i < begins[g + 1]; ++i) now[g] += calibration_[i].surprise(raw[i]);
    now[g] /= static_cast<double>(begins[g + 1] - begins[g]);
  }
  answer said;
  for (std::size_t g = 0; g < groups; ++g) {
    double most = 0;
    for (const auto& each : held_) most = std::max(most, each[g]);
    said.score += most / groups;
  }
  ++n_;
  said.alarm = said.score >= threshold && n_ > 50 && (last_alarm_ == 0 || n_ - last_alarm_ > quiet);
  if (said.alarm) last_alarm_ = n_;
  return said;
}

}  // namespace spindrift::quality
