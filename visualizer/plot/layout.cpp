// Divides the canvas into a strip for the heading and a grid of panels.
#include "visualizer/plot/layout.hpp"

#include <algorithm>
#include <string_view>

#include "visualizer/plot/command.hpp"
#include "visualizer/series/gallery.hpp"

namespace spindrift {
namespace {

constexpr double heading_pixels = 62;
constexpr unsigned heading_rows = 2;
constexpr unsigned panel_rows_min = 12;  // of a terminal: title, tics, caption and some eight rows of curve
constexpr unsigned panel_columns_min = 60;

std::size_t columns_for(std::size_t panels) {
  if (panels <= 3) return 1;
  if (panels <= 8) return 2;
  return panels <= 12 ? 3 : 4;
}

std::size_t text_columns(const canvas& where) {
  return std::max(1U, where.width / panel_columns_min);
}

std::size_t text_rows(const canvas& where) {
  return std::max(1U, (where.height - std::min(heading_rows, where.height)) / panel_rows_min);
}

std::size_t columns_on(const canvas& where, std::size_t panels) {
  if (!where.is_text()) return columns_for(panels);
  const std::size_t rows = text_rows(where);
  return std::min(text_columns(where), (panels + rows - 1) / rows);
}

}  // namespace

place grid::of(std::size_t panel) const {
  const double width = 1.0 / static_cast<double>(columns);
  const double height = (1.0 - heading) / static_cast<double>(rows);
  const auto row = static_cast<double>(panel / columns);
  return {static_cast<double>(panel % columns) * width, 1.0 - heading - (row + 1) * height, width, height};
}

std::size_t panels_that_fit(const canvas& where) {
  if (!where.is_text()) return gallery::panels_max;
  return std::min(text_columns(where) * text_rows(where), gallery::panels_max);
}

grid grid_for(const canvas& where, std::size_t panels) {
  grid made;
  made.columns = std::max<std::size_t>(1, columns_on(where, panels));
  made.rows = std::max<std::size_t>(1, (panels + made.columns - 1) / made.columns);
  const double strip = where.is_text() ? heading_rows : heading_pixels;
  made.heading = std::min(0.4, strip / std::max(1U, where.height));
  return made;
}

canvas picture_canvas(std::size_t panels) {
  const std::size_t columns = columns_for(panels);
  const std::size_t rows = std::max<std::size_t>(1, (panels + columns - 1) / columns);
  const unsigned panel_height = rows == 1 ? 480 : (rows == 2 ? 330 : 250);
  const unsigned width = columns <= 1 ? 1'200 : (columns == 2 ? 1'400 : 1'800);
  return {canvas::unit::pixels, width,
          static_cast<unsigned>(heading_pixels) + panel_height * static_cast<unsigned>(rows)};
}

void append_place(const place& at, std::string& out) {
  out += "set origin ";
  append_plain(at.left, out);
  out += ',';
  append_plain(at.bottom, out);
  out += "\nset size ";
  append_plain(at.width, out);
  out += ',';
  append_plain(at.height, out);
  out += '\n';
}

void append_margins(const place& at, const canvas& where, std::size_t characters, std::string& out) {
  if (where.is_text()) {
    out += "set lmargin " + std::to_string(characters) + "\nset rmargin 1\nset tmargin 1\nset bmargin 3\n";
    return;
  }
  const auto edge = [&out](std::string_view name, double at_screen) {
    out += "set ";
    out += name;
    out += " at screen ";
    append_plain(at_screen, out);
    out += '\n';
  };
  const double width = std::max(1U, where.width);
  const double height = std::max(1U, where.height);
  edge("lmargin", at.left + (18 + 6.2 * static_cast<double>(characters)) / width);
  edge("rmargin", at.left + at.width - 18 / width);
  edge("tmargin", at.bottom + at.height - 28 / height);
  edge("bmargin", at.bottom + 44 / height);
}

}  // namespace spindrift
