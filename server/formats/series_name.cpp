// Puts names together, and mends them where they may not be names.
#include "server/formats/series_name.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/text/fnv1a.hpp"
#include "common/text/utf8.hpp"
#include "server/formats/text_arena.hpp"

namespace spindrift::formats {
namespace {

constexpr std::size_t hash_digits = 16;

void cut(std::string& name) {
  fnv1a hashed;
  hashed.add(name);
  std::size_t end = limits::stream_bytes_max - hash_digits - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80U) --end;
  name.resize(end);
  name += '~';
  char digits[hash_digits];
  const auto written = std::to_chars(digits, digits + hash_digits, hashed.value(), 16);
  name.append(hash_digits - static_cast<std::size_t>(written.ptr - digits), '0');
  name.append(digits, written.ptr);
}

// With one look at the room there is.
void append(std::string& to, std::initializer_list<std::string_view> parts) {
  std::size_t size = to.size();
  for (const std::string_view part : parts) size += part.size();
  std::size_t at = to.size();
  to.resize(size);
  for (const std::string_view part : parts) at += part.copy(to.data() + at, part.size());
}

std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string mended_name(std::string_view text) {
  text = without_blanks(text);
  std::string name;
  name.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0) return {};
    if (is_name_character(rest, length)) {
      name += rest.substr(0, length);
    } else {
      name += '_';
    }
    rest.remove_prefix(length);
  }
  if (name.size() > limits::stream_bytes_max) cut(name);
  // What is left to refuse is a wide blank at an end.
  if (!is_name(name, limits::stream_bytes_max) && !name.empty()) {
    name = '_' + name + '_';
    if (name.size() > limits::stream_bytes_max) cut(name);
  }
  if (!is_name(name, limits::stream_bytes_max)) return {};
  return name;
}

bool is_counter_name(std::string_view metric) {
  return metric.ends_with("_total") || metric.ends_with("_count") || metric.ends_with("_sum") ||
         metric.ends_with("_bucket");
}

void series_name::begin(std::string_view metric) {
  metric_ = metric;
  tags_.clear();
  is_sorted_ = true;
  has_tail_ = false;
}

void series_name::add_tag(std::string_view key, std::string_view value) {
  // How netdata's source is doing: no part of what the series is called, and another series when it changed.
  if (key.starts_with('_') && (value == "true" || value == "false")) return;
  is_sorted_ = is_sorted_ && (tags_.empty() || tags_.back().first <= key);
  tags_.emplace_back(key, value);
  has_tail_ = false;
}

void series_name::sort_tags() {
  if (!is_sorted_) std::stable_sort(tags_.begin(), tags_.end());
  is_sorted_ = true;
}

std::string_view series_name::keep(std::string_view metric, text_arena& in) {
  sort_tags();
  std::size_t size = metric.size();
  for (const auto& [key, value] : tags_) size += key.size() + value.size() + 2;
  const std::span<char> room = in.room(size);
  char* at = room.data();
  const auto put = [&at](std::string_view text) { at += text.copy(at, text.size()); };
  put(metric);
  for (const auto& [key, value] : tags_) {
    *at++ = ',';
    put(key);
    *at++ = '=';
    put(value);
  }
  return {room.data(), room.size()};
}

std::string_view series_name::build(std::string_view field, char separator) {
  if (!has_tail_) {
    sort_tags();
    tail_.clear();
    for (const auto& [key, value] : tags_) append(tail_, {",", key, "=", value});
    has_tail_ = true;
  }
  const bool is_separated = !field.empty() && !metric_.empty();
  name_.clear();
  append(name_, {metric_, std::string_view(&separator, is_separated ? 1 : 0), field, tail_});
  return name_;
}

}  // namespace spindrift::formats
