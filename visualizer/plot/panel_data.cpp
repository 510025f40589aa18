// The data blocks and the ranges of one panel.
#include "visualizer/plot/panel_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

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

// Puts an empty line between rows that do not follow each other.
class piece_end {
public:
  explicit piece_end(std::string& out) : out_(out) {}
  void before(std::uint64_t n) {
    if (last_ != 0 && n != last_ + 1) out_ += '\n';
    last_ = n;
  }

private:
  std::string& out_;
  std::uint64_t last_ = 0;  // 0: none yet
};

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
  const sample& first = shown.samples().front();
  const double x0 = x_of(first, settings.axis);
  const double y0 = drawable(first.value);
  panel_ranges ranges{{x0, x0}, {y0, y0}};
  for (const sample& point : shown.samples()) {
    widen(ranges.x, x_of(point, settings.axis));
    widen(ranges.y, drawable(point.value));
  }
  const axis_range values = opened_values(ranges.y);
  const double span = values.most - values.least;
  axis_range& y = ranges.y = values;
  for (const sample& point : shown.samples()) {
    if (!point.is_banded) continue;
    const axis_range band = band_of(point, settings.threshold);
    widen(y, std::max(band.least, values.least - span));
    widen(y, std::min(band.most, values.most + span));
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
  piece_end line(out);
  append_block("v", shown, panel, out, [&](const sample& point) {
    line.before(point.n);
    append_row({x(point), drawable(point.value)}, out);
  });
  piece_end band_line(out);
  append_block("b", shown, panel, out, [&](const sample& point) {
    if (!point.is_banded) return;
    band_line.before(point.n);
    const axis_range band = band_of(point, settings.threshold);
    append_row({x(point), band.least, band.most}, out);
  });
  const double top = ranges.y.most - 0.05 * (ranges.y.most - ranges.y.least);
  append_block("a", shown, panel, out, [&](const sample& point) {
    if (point.is_anomaly) append_row({x(point), drawable(point.value)}, out);
  });
  append_block("m", shown, panel, out, [&](const sample& point) {
    if (point.is_alarm) append_row({x(point), top}, out);
  });
  append_block("g", shown, panel, out, [&](const sample& point) {
    if (point.is_labelled) append_row({x(point), drawable(point.value)}, out);
  });
  append_block("d", shown, panel, out, [&](const sample& point) {
    if (point.is_drift) append_row({x(point), ranges.y.least, 0, ranges.y.most - ranges.y.least}, out);
  });
}

}  // namespace spindrift
