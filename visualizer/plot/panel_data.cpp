// The data blocks and the ranges of one panel.
#include "visualizer/plot/panel_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "visualizer/plot/scale.hpp"

namespace spindrift {
namespace {

constexpr double drawable_max = 1e300;

double drawable(double number) {
  return std::clamp(number, -drawable_max, drawable_max);
}

double x_of(const sample& shown, x_axis axis) {
  return axis == x_axis::time ? static_cast<double>(shown.ts) / 1e3 : static_cast<double>(shown.n);
}

axis_range band_of(const sample& shown, double threshold) {
  return {drawable(shown.expected - threshold * shown.sigma), drawable(shown.expected + threshold * shown.sigma)};
}

void widen(axis_range& range, double to) {
  range.least = std::min(range.least, to);
  range.most = std::max(range.most, to);
}

void append_row(std::initializer_list<double> numbers, std::string& out) {
  std::string_view separator;
  for (const double number : numbers) {
    out += separator;
    append_plain(number, out);
    separator = " ";
  }
  out += '\n';
}

void open_block(std::string_view name, std::size_t panel, std::string& out) {
  out += '$';
  out += name;
  out += std::to_string(panel);
  out += " << END_OF_BLOCK\n";
}

void close_block(std::size_t size_before, std::string& out) {
  if (out.size() == size_before) out += "NaN NaN NaN NaN\n";
  out += "END_OF_BLOCK\n";
}

// Whether a curve is open between two points: some are missing, or none came for three times as long as usual, and as
// long as it took before.
class gap_finder {
public:
  gap_finder(double usual_ms, x_axis axis) : usual_ms_(usual_ms), axis_(axis) {}
  bool is_before(const sample& point) {
    const double distance = has_last_ ? static_cast<double>(point.ts - last_ts_) : 0;
    const bool is_late = axis_ == x_axis::time && usual_ms_ > 0 && distance > 3 * std::max(usual_ms_, last_distance_);
    const bool is_open = has_last_ && (point.n != last_n_ + point.count || is_late);
    last_n_ = point.n;
    last_ts_ = point.ts;
    last_distance_ = distance;
    has_last_ = true;
    return is_open;
  }

private:
  double usual_ms_;
  x_axis axis_;
  bool has_last_ = false;
  std::uint64_t last_n_ = 0;
  std::int64_t last_ts_ = 0;
  double last_distance_ = 0;
};

// As std::nth_element leaves it; `numbers` is not empty and is put into another order.
double quantile(std::vector<double>& numbers, double share) {
  const auto at = std::min(numbers.size() - 1, static_cast<std::size_t>(share * static_cast<double>(numbers.size())));
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

// All values, but for those that lie further from the bulk of them than it is wide four times: they would squeeze it.
axis_range bulk_of(const series& shown) {
  constexpr std::size_t points_least = 20;
  constexpr double widths = 4;
  std::vector<double> values;
  for (const sample& point : shown.samples()) values.push_back(drawable(point.value));
  const auto [least, most] = std::ranges::minmax(values);
  const axis_range range{least, most};
  if (values.size() < points_least) return range;
  const double low = quantile(values, 0.05);
  const double high = quantile(values, 0.95);
  const double bulk = high - low;
  if (!(bulk > 0)) return range;
  // What is left is shown whole, and no room is kept for what is beyond.
  const auto is_beyond = [&](double value) { return value < low - widths * bulk || value > high + widths * bulk; };
  std::erase_if(values, is_beyond);
  const auto [least_kept, most_kept] = std::ranges::minmax(values);
  return {least_kept, most_kept};
}

// The usual time between two points, in milliseconds; 0: not known.
double usual_interval(const series& shown) {
  std::vector<double> gaps;
  const sample* before = nullptr;
  for (const sample& point : shown.samples()) {
    if (before != nullptr && point.ts > before->ts) gaps.push_back(static_cast<double>(point.ts - before->ts));
    before = &point;
  }
  return gaps.empty() ? 0 : quantile(gaps, 0.5);
}

template <typename Row>
void append_block(std::string_view name, const series& shown, std::size_t panel, std::string& out, Row row) {
  open_block(name, panel, out);
  const std::size_t size_before = out.size();
  for (const sample& point : shown.samples()) row(point);
  close_block(size_before, out);
}

}  // namespace

panel_ranges ranges_of(const series& shown, const view_settings& settings) {
  if (shown.samples().empty()) return {};
  const double x0 = x_of(shown.samples().front(), settings.axis);
  panel_ranges ranges{{x0, x0}, {}};
  for (const sample& point : shown.samples()) widen(ranges.x, x_of(point, settings.axis));
  const axis_range values = opened_values(bulk_of(shown));
  const double span = values.most - values.least;
  axis_range& y = ranges.y = values;
  // A band that is still learned is wide: its edges count as far as nine in ten of them, and half the values' span.
  std::vector<double> below;
  std::vector<double> above;
  for (const sample& point : shown.samples()) {
    if (!point.is_banded) continue;
    const axis_range band = band_of(point, settings.threshold);
    below.push_back(band.least);
    above.push_back(band.most);
  }
  if (!below.empty()) {
    widen(y, std::max(quantile(below, 0.1), values.least - 0.5 * span));
    widen(y, std::min(quantile(above, 0.9), values.most + 0.5 * span));
  }
  const double height = y.most - y.least;
  y = {drawable(y.least - 0.06 * height), drawable(y.most + 0.14 * height)};
  ranges.x = opened_x(ranges.x);
  return ranges;
}

void append_blocks(const series& shown, const view_settings& settings, const panel_ranges& ranges, std::size_t panel,
                   std::string& out) {
  const auto x = [&settings](const sample& point) { return x_of(point, settings.axis); };
  // An empty line ends a piece of a curve, so that it is not drawn across what was missed, nor the band across points
  // that have none.
  const double usual = usual_interval(shown);
  gap_finder gaps(usual, settings.axis);
  append_block("v", shown, panel, out, [&](const sample& point) {
    if (gaps.is_before(point)) out += '\n';
    append_row({x(point), drawable(point.value)}, out);
  });
  gap_finder band_gaps(usual, settings.axis);
  append_block("b", shown, panel, out, [&](const sample& point) {
    if (!point.is_banded) return;
    if (band_gaps.is_before(point)) out += '\n';
    const axis_range band = band_of(point, settings.threshold);
    append_row({x(point), band.least, band.most}, out);
  });
  const double height = ranges.y.most - ranges.y.least;
  const axis_range inner{ranges.y.least + 0.03 * height, ranges.y.most - 0.03 * height};
  const auto within = [&](const sample& point) { return std::clamp(drawable(point.value), inner.least, inner.most); };
  // Where the value lies beyond the axis: at its edge, pointing there.
  constexpr double triangle_up = 9;
  constexpr double triangle_down = 11;
  append_block("e", shown, panel, out, [&](const sample& point) {
    const bool is_above = point.value > ranges.y.most;
    if (is_above || point.value < ranges.y.least) {
      append_row({x(point), within(point), is_above ? triangle_up : triangle_down}, out);
    }
  });
  const double top = ranges.y.least + alarm_height * height;
  append_block("a", shown, panel, out, [&](const sample& point) {
    if (point.is_anomaly) append_row({x(point), within(point)}, out);
  });
  append_block("m", shown, panel, out, [&](const sample& point) {
    if (point.is_alarm) append_row({x(point), top}, out);
  });
  append_block("g", shown, panel, out, [&](const sample& point) {
    if (point.is_labelled) append_row({x(point), within(point)}, out);
  });
  append_block("d", shown, panel, out, [&](const sample& point) {
    if (point.is_drift) append_row({x(point), ranges.y.least, 0, ranges.y.most - ranges.y.least}, out);
  });
}

}  // namespace spindrift
