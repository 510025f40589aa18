// Divides the canvas into a strip for the heading and a grid of panels.
#include "visualizer/plot/layout.hpp"

#include <algorithm>
#include <string_view>

#include "visualizer/plot/command.hpp"
#include "visualizer/series/gallery.hpp"

namespace spindrift {
namespace {

constexpr double heading_pixels = 62;
constexpr double right_pixels = 38;  // the last tick's text is around its tick
constexpr double top_pixels = 28;
constexpr double bottom_pixels = 44;
constexpr unsigned top_rows = 1;
constexpr unsigned bottom_rows = 3;
constexpr unsigned list_row_pixels = 17;
constexpr unsigned panel_rows_min = 12;  // of a terminal: title, tics, caption and some eight rows of curve
constexpr unsigned panel_columns_min = 60;
constexpr unsigned list_columns_usual = 28;
constexpr unsigned widths_rows = 8;
constexpr unsigned widths_pixels = 150;
// Beside a list the worst are few, so that they are large.
constexpr std::size_t panels_beside_list = 6;

std::size_t columns_for(std::size_t panels) {
  if (panels <= 3) return 1;
  if (panels <= 8) return 2;
  return panels <= 12 ? 3 : 4;
}

double left_pixels(std::size_t characters) {
  return 18 + 6.2 * static_cast<double>(characters);
}

unsigned list_columns(const canvas& where) {
  return where.width < panel_columns_min + list_columns_usual - 8 ? 0 : list_columns_usual;
}

bool has_widths_on(const canvas& where, const strips& beside) {
  return beside.has_widths && (!where.is_text() || where.height >= heading_rows + panel_rows_min + widths_rows);
}

std::size_t text_columns(const canvas& where, const strips& beside) {
  return std::max(1U, (where.width - (beside.has_list ? list_columns(where) : 0)) / panel_columns_min);
}

std::size_t text_rows(const canvas& where, const strips& beside) {
  const unsigned taken = std::min(heading_rows + (has_widths_on(where, beside) ? widths_rows : 0U), where.height);
  return std::max(1U, (where.height - taken) / panel_rows_min);
}

std::size_t columns_on(const canvas& where, std::size_t panels, const strips& beside) {
  if (!where.is_text()) return columns_for(panels);
  const std::size_t rows = text_rows(where, beside);
  return std::min(text_columns(where, beside), (panels + rows - 1) / rows);
}

}  // namespace

place grid::of(std::size_t panel) const {
  const double width = (1.0 - list) / static_cast<double>(columns);
  const double height = (1.0 - heading - widths) / static_cast<double>(rows);
  const auto row = static_cast<double>(panel / columns);
  return {list + static_cast<double>(panel % columns) * width, 1.0 - heading - (row + 1) * height, width, height};
}

std::size_t panels_that_fit(const canvas& where, const strips& beside) {
  if (!where.is_text()) return beside.has_list ? panels_beside_list : gallery::panels_max;
  return std::min(text_columns(where, beside) * text_rows(where, beside), gallery::panels_max);
}

screen_room room_on(const canvas& where) {
  screen_room made;
  made.panels = panels_that_fit(where);
  made.panels_beside_list = panels_that_fit(where, {true, false});
  made.panels_above_widths = panels_that_fit(where, {false, true});
  const unsigned row = where.is_text() ? 1 : list_row_pixels;
  const unsigned above =
      where.is_text() ? heading_rows + 2 : static_cast<unsigned>(heading_pixels) + 2 * list_row_pixels;
  made.rows = list_characters(where) == 0 || where.height < above ? 0 : (where.height - above) / row;
  return made;
}

std::size_t list_characters(const canvas& where) {
  if (!where.is_text()) return where.width < 900 ? 0 : 30;
  return list_columns(where) == 0 ? 0 : list_columns(where) - 2;
}

grid grid_for(const canvas& where, std::size_t panels, const strips& beside) {
  grid made;
  made.columns = std::max<std::size_t>(1, columns_on(where, panels, beside));
  made.rows = std::max<std::size_t>(1, (panels + made.columns - 1) / made.columns);
  const double width = std::max(1U, where.width);
  const double height = std::max(1U, where.height);
  made.heading = std::min(0.4, (where.is_text() ? heading_rows : heading_pixels) / height);
  if (beside.has_list && list_characters(where) > 0) {
    made.list = (where.is_text() ? list_columns(where) : list_pixels) / width;
  }
  if (has_widths_on(where, beside)) made.widths = where.is_text() ? widths_rows / height : widths_pixels / height;
  return made;
}

canvas picture_canvas(std::size_t panels, const strips& beside) {
  const std::size_t columns = columns_for(panels);
  const std::size_t rows = std::max<std::size_t>(1, (panels + columns - 1) / columns);
  const unsigned panel_height = rows == 1 ? 480 : (rows == 2 ? 330 : 250);
  const unsigned width = columns <= 1 ? 1'200 : (columns == 2 ? 1'400 : 1'800);
  return {canvas::unit::pixels, width + (beside.has_list ? list_pixels : 0U),
          static_cast<unsigned>(heading_pixels) + panel_height * static_cast<unsigned>(rows) +
              (beside.has_widths ? widths_pixels : 0U)};
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

double plot_width(const place& at, const canvas& where, std::size_t characters) {
  const double edges = where.is_text() ? static_cast<double>(characters) + 1 : left_pixels(characters) + right_pixels;
  return std::max(1.0, at.width * where.width - edges);
}

double plot_height(const place& at, const canvas& where) {
  const double edges = where.is_text() ? double{top_rows + bottom_rows} : top_pixels + bottom_pixels;
  return std::max(1.0, at.height * where.height - edges);
}

void append_margins(const place& at, const canvas& where, std::size_t characters, std::string& out) {
  if (where.is_text()) {
    out += "set lmargin " + std::to_string(characters) + "\nset rmargin 1\nset tmargin " + std::to_string(top_rows) +
           "\nset bmargin " + std::to_string(bottom_rows) + "\n";
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
  edge("lmargin", at.left + left_pixels(characters) / width);
  edge("rmargin", at.left + at.width - right_pixels / width);
  edge("tmargin", at.bottom + at.height - top_pixels / height);
  edge("bmargin", at.bottom + bottom_pixels / height);
}

}  // namespace spindrift
