// Reads and writes RFC 3339 times.
#include "common/protocol/time_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace spindrift {
namespace {

// Takes pieces off the front of a text; after the first misfit everything fails.
class text_cursor {
public:
  explicit text_cursor(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        ok_ = false;
        return 0;
      }
      number = number * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }
  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
      return 0;
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool begins_with(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  std::size_t digits_ahead() const {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    return count;
  }
  void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }

private:
  std::string_view rest_;
  bool ok_ = true;
};

int take_milliseconds(text_cursor& cursor) {
  cursor.one_of(".");
  const std::size_t length = cursor.digits_ahead();
  if (length == 0) {
    cursor.one_of("");
    return 0;
  }
  const std::size_t used = std::min<std::size_t>(length, 3);
  int fraction = cursor.digits(used);
  for (std::size_t i = used; i < 3; ++i) fraction *= 10;
  cursor.skip(length - used);
  return fraction;
}

// Minutes east of UTC.
std::optional<int> take_offset(text_cursor& cursor) {
  const char sign = cursor.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return 0;
  const int hours = cursor.digits(2);
  cursor.one_of(":");
  const int minutes = cursor.digits(2);
  if (!cursor.ok() || hours > 23 || minutes > 59) return std::nullopt;
  return (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  text_cursor cursor(text);
  const int year = cursor.digits(4);
  cursor.one_of("-");
  const int month = cursor.digits(2);
  cursor.one_of("-");
  const int day = cursor.digits(2);
  cursor.one_of("Tt ");
  const int hour = cursor.digits(2);
  cursor.one_of(":");
  const int minute = cursor.digits(2);
  cursor.one_of(":");
  const int second = cursor.digits(2);
  const int millisecond = cursor.begins_with('.') ? take_milliseconds(cursor) : 0;
  const auto offset = take_offset(cursor);
  if (!cursor.at_end() || !offset || hour > 23 || minute > 59 || second > 60) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + hour) * 60 + minute - *offset) * 60 + second;
  return seconds * 1000 + millisecond;
}

std::string to_rfc3339(std::int64_t ts_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{ts_ms}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text.data();
}

}  // namespace spindrift
