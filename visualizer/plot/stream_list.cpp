// Rows of the list, and of text, as labels.
#include "visualizer/plot/stream_list.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "visualizer/plot/command.hpp"
#include "visualizer/plot/common_part.hpp"
#include "visualizer/plot/label.hpp"
#include "visualizer/plot/style.hpp"
#include "visualizer/plot/text_width.hpp"

namespace spindrift {
namespace {

constexpr std::size_t list_tag = 100;
constexpr std::size_t line_tag = 1'000;
constexpr double first_pixel = 78;
constexpr double row_pixels = 17;
constexpr double name_pixel = 54;  // behind the severity
constexpr double apart_pixels = 10;
constexpr double list_points = 9;  // the font

std::string severity_text(const list_row& row) {
  if (row.severity == 0) return "  ";
  const std::string text = std::to_string(std::min(row.severity, 99U));
  return std::string(2 - text.size(), ' ') + text;
}

std::string figure_text(const list_row& row) {
  if (row.is_stale) return age_text(row.age_ms) + " old";
  if (!row.has_value) return "-";
  constexpr std::size_t unit_characters_max = 6;
  std::string text = short_number(row.value);
  if (!row.unit.empty()) text.append(1, ' ').append(harmless(row.unit, unit_characters_max));
  return text;
}

std::string_view colour_of(const list_row& row) {
  if (row.is_open) return anomaly_colour;
  return row.severity > 0 ? drift_colour : row.is_stale ? pale_text_colour : text_colour;
}

std::string at_pixels(double x, double y, const canvas& where) {
  return "at screen " + short_number(x / std::max(1U, where.width)) + ", screen " +
         short_number(1 - y / std::max(1U, where.height));
}

// Without what all names share where that gives way to what tells them apart.
std::string name_of(const list_row& row, const common_part& shared, std::size_t characters) {
  if (!row.title.empty()) return called(row.title, row.name, {}, characters);
  const std::string whole = harmless(row.name, characters);
  return whole == harmless(row.name, row.name.size()) ? whole : harmless(shared.without(row.name), characters);
}

void append_text_row(const list_row& row, std::size_t index, const common_part& shared, const canvas& where,
                     std::string& out) {
  const std::size_t characters = list_characters(where);
  const std::string figure = figure_text(row);
  std::string head(1, row.is_shown ? '>' : ' ');
  head.append(severity_text(row)).append(1, ' ');
  const std::size_t left = characters - std::min(characters, head.size() + figure.size() + 1);
  // Cut first, so that what is filled up is as long as it shows.
  std::string name = name_of(row, shared, std::max<std::size_t>(left, 4));
  std::size_t shown = 0;
  for (const char byte : name) shown += (static_cast<unsigned char>(byte) & 0xc0U) != 0x80 ? 1U : 0U;
  const std::string text = head + name + std::string(left > shown ? left - shown + 1 : 1, ' ') + figure;
  append_label(std::to_string(list_tag + index), quoted(text, characters),
               "at character 0, character " + std::to_string(where.height - heading_rows - 2 - index) +
                   " left textcolor rgb '" + std::string(colour_of(row)) + "'",
               out);
}

void append_pixel_row(const list_row& row, std::size_t index, const common_part& shared, const canvas& where,
                      std::string& out) {
  const double y = first_pixel + row_pixels * static_cast<double>(index + 1);
  const std::string style = " font ',9' textcolor rgb '" + std::string(colour_of(row)) + "'";
  const std::string figure = (row.kind.empty() ? "" : row.kind + "  ") + figure_text(row);
  constexpr std::size_t figure_characters_max = 24;
  const double right = list_pixels - apart_pixels;
  const double room = right - apart_pixels - name_pixel - pixels_of(list_points) * width_of(figure);
  const auto cut = [&](std::size_t characters) { return name_of(row, shared, characters); };
  const std::string name = fitted(cut, room / pixels_of(list_points));
  const std::size_t tag = list_tag + 4 * index;
  const auto say = [&](std::size_t part, const std::string& text, double x, std::string_view side) {
    append_label(std::to_string(tag + part), text, at_pixels(x, y, where) + std::string(side) + style, out);
  };
  if (row.is_shown) say(0, "'>'", 12, " left");
  if (row.severity > 0) say(1, quoted(severity_text(row), 2), name_pixel - 6, " right");
  say(2, quoted(name, name.size()), name_pixel, " left");
  say(3, quoted(figure, figure_characters_max), right, " right");
}

}  // namespace

std::string age_text(std::int64_t milliseconds) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> units{
      {{86'400'000, " d"}, {3'600'000, " h"}, {60'000, " min"}, {1'000, " s"}}};
  for (const auto& [size, name] : units) {
    if (milliseconds >= size) return std::to_string(milliseconds / size) + std::string(name);
  }
  return "0 s";
}

void append_list(const scene& shown, const canvas& where, std::string& out) {
  if (list_characters(where) == 0) return;
  std::vector<std::string_view> names;
  for (const list_row& row : shown.rows) names.push_back(row.name);
  const common_part shared = common_part_of(names);
  for (std::size_t i = 0; i < shown.rows.size(); ++i) {
    if (where.is_text()) {
      if (i + heading_rows + 2 <= where.height) append_text_row(shown.rows[i], i, shared, where, out);
    } else if (first_pixel + row_pixels * (static_cast<double>(i) + 1.5) <= where.height) {
      append_pixel_row(shown.rows[i], i, shared, where, out);
    }
  }
}

void append_lines(const scene& shown, const canvas& where, std::string& out) {
  const bool is_text = where.is_text();
  const std::size_t room = is_text ? where.height - std::min(where.height, heading_rows + 1)
                                   : static_cast<std::size_t>(std::max(0.0, (where.height - first_pixel) / row_pixels));
  const std::size_t characters = is_text ? where.width : where.width / 8;
  for (std::size_t i = 0; i < std::min(room, shown.lines.size()); ++i) {
    const std::string at =
        is_text ? "at character 0, character " + std::to_string(where.height - heading_rows - 1 - i) + " left"
                : at_pixels(24, first_pixel + row_pixels * static_cast<double>(i + 1), where) +
                      " left font 'Monospace,9' textcolor rgb '" + std::string(text_colour) + "'";
    append_label(std::to_string(line_tag + i), quoted(shown.lines[i], characters), at, out);
  }
}

}  // namespace spindrift
