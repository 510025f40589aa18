// Events as sentences.
#include "server/events/event_text.hpp"

#include <charconv>
#include <cmath>

namespace spindrift {
namespace {

std::string from_to(const event& told, const std::string& unit) {
  return "from " + six_digits(told.before.value_or(0)) + unit + " to " + six_digits(told.after.value_or(0)) + unit;
}

// `unit`: with the space before it.
std::string one_sentence(const event& told, const std::string& unit) {
  const bool up = told.direction == event_direction::up;
  switch (told.kind) {
    case event_kind::spike:
      return std::string(up ? "spike up to " : "spike down to ") + six_digits(told.value) + unit + ", expected " +
             six_digits(told.expected) + unit;
    case event_kind::shift:
      return std::string(up ? "level rose " : "level fell ") + from_to(told, unit);
    case event_kind::trend:
      return std::string(up ? "rising " : "falling ") + from_to(told, unit);
    case event_kind::spread:
      return std::string(up ? "scatter grew " : "scatter shrank ") + from_to(told, unit);
    case event_kind::stuck:
      return "stands still at " + six_digits(told.value) + unit;
    case event_kind::silent:
      return "no points for " + duration_text(told.to.value_or(told.told) - told.from);
    case event_kind::pattern:
      return "not what is usual at this time: " + six_digits(told.value) + unit + ", expected " +
             six_digits(told.expected) + unit;
    case event_kind::relation:
      return "no longer goes with the other values: " + six_digits(told.value) + unit + ", expected " +
             six_digits(told.expected) + unit;
    case event_kind::unreadable:
      return "what is sent for this stream is refused";
  }
  return {};
}

}  // namespace

std::string six_digits(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, 6).ptr};
}

std::string duration_text(std::int64_t milliseconds) {
  const double seconds = static_cast<double>(milliseconds) / 1000;
  if (seconds < 120) return six_digits(seconds) + " s";
  const auto rounded = [](double number) { return six_digits(std::round(number * 10) / 10); };
  if (seconds < 7'200) return rounded(seconds / 60) + " min";
  if (seconds < 172'800) return rounded(seconds / 3'600) + " h";
  return rounded(seconds / 86'400) + " days";
}

std::string sentence(const event& told, std::string_view unit) {
  std::string behind;
  if (!unit.empty()) behind.append(" ").append(unit);
  std::string text = one_sentence(told, behind);
  if (told.state == event_state::closed) text += told.accepted ? "; taken as usual from now on" : "; over";
  return text;
}

}  // namespace spindrift
