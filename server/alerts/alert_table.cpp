// What each key of `[[alert]]` and `[[maintenance]]` takes.
#include "server/alerts/alert_table.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cli/duration.hpp"
#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/query_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "server/alerts/alert_settings.hpp"

namespace spindrift {
namespace {

constexpr std::string_view budget_rule = "COUNT/hour, COUNT/day or COUNT/week, as 5/day, or off";
constexpr std::pair<std::string_view, double> spans[] = {{"/hour", 24.0}, {"/day", 1.0}, {"/week", 1.0 / 7}};
constexpr std::uint64_t budget_max = 100'000;

std::optional<std::string> take_budget(std::string_view text, double& into) {
  if (text == "off") {
    into = 0;
    return std::nullopt;
  }
  std::uint64_t count = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view span(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, a_day] : spans) {
    if (wrong != std::errc() || span != name || count == 0 || count > budget_max) continue;
    into = static_cast<double>(count) * a_day;
    return std::nullopt;
  }
  return std::string(budget_rule);
}

std::string show_budget(double a_day) {
  if (a_day == 0) return "off";
  const auto whole = static_cast<std::uint64_t>(a_day + 0.5);
  // So many a day were given by the hour, and would be refused by the day.
  if (whole > budget_max) return std::to_string(whole / 24) + "/hour";
  if (a_day == static_cast<double>(whole)) return std::to_string(whole) + "/day";
  return std::to_string(static_cast<std::uint64_t>(a_day * 7 + 0.5)) + "/week";
}

}  // namespace

void add_budget(std::string flag, std::string help, double& target, option_set& options) {
  options.add({.flag = std::move(flag),
               .placeholder = "COUNT/day",
               .help = std::move(help),
               .take = [&target](std::string_view text) { return take_budget(text, target); },
               .show = [&target] { return std::vector{show_budget(target)}; }});
}

namespace {

// With or without "off", which is nothing.
void add_duration(std::string flag, std::string help, bool has_off, std::chrono::milliseconds& target,
                  option_set& options) {
  options.add(
      {.flag = std::move(flag),
       .placeholder = has_off ? "off|DURATION" : "DURATION",
       .help = std::move(help),
       .take = [&target, has_off](std::string_view text) -> std::optional<std::string> {
         const bool is_off = has_off && (text == "off" || text == "0");
         const auto taken = is_off ? std::optional(std::chrono::milliseconds(0)) : duration_in(text);
         if (!taken) return (has_off ? "off, or " : "") + std::string(duration_rule);
         target = *taken;
         return std::nullopt;
       },
       .show = [&target] { return std::vector{target.count() == 0 ? std::string("off") : duration_text_of(target)}; }});
}

void add_patterns(std::string help, std::vector<std::string>& target, option_set& options) {
  options.add({.flag = "--match",
               .placeholder = "PATTERN",
               .help = std::move(help),
               .is_repeatable = true,
               .take = [&target](std::string_view text) -> std::optional<std::string> {
                 const auto stars = static_cast<std::size_t>(std::count(text.begin(), text.end(), '*'));
                 if (text.empty() || text.size() > limits::pattern_bytes_max || stars > limits::stars_max) {
                   return "a name of a stream with at most four *, 1 to " + std::to_string(limits::pattern_bytes_max) +
                          " bytes";
                 }
                 target.emplace_back(text);
                 return std::nullopt;
               },
               .show = [&target] { return target; },
               .clear = [&target] { target.clear(); }});
}

void add_list(std::string flag, std::string placeholder, std::string help, std::vector<std::string>& target,
              option_set& options) {
  options.add_texts(std::move(flag), std::move(placeholder), std::move(help), target);
}

void add_time(std::string flag, std::string help, std::int64_t& target, option_set& options) {
  options.add(
      {.flag = std::move(flag),
       .placeholder = "TIME",
       .help = std::move(help),
       .take = [&target](std::string_view text) -> std::optional<std::string> {
         const auto taken = parse_rfc3339(text);
         if (!taken || *taken <= 0) return "a time with its zone, as 2027-01-31T22:00:00+01:00";
         target = *taken;
         return std::nullopt;
       },
       .show = [&target] { return target == 0 ? std::vector<std::string>{} : std::vector{to_rfc3339(target)}; }});
}

void declare_address(alert_settings& settings, option_set& keys) {
  keys.add_text("--as", "WAY", "webhook, alertmanager, slack, mail or exec; without it the address tells", settings.as);
  keys.add_text("--url", "URL", "where to: http://, https://, smtp:// or smtps://", settings.url);
  keys.add_text("--url_file", "FILE", "holds the address, where that is a secret; mode 0600", settings.url_file);
  add_list("--exec", "WORDS", "a program with its whole path, and its arguments: told in place of an address",
           settings.exec, keys);
  keys.add_text("--user", "NAME", "who sends, for the mail server or HTTP's basic authorization", settings.user);
  keys.add_text("--secret_file", "FILE", "holds the password or bearer token; mode 0600", settings.secret_file);
  keys.add_text("--secret_env", "NAME", "variable of the environment that holds it instead", settings.secret_env);
  keys.add_text("--ca_file", "FILE", "PEM of whom to trust besides the system's authorities", settings.ca_file);
  keys.add_text("--from", "ADDRESS", "sender of mail", settings.from);
  add_list("--to", "ADDRESSES", "receivers of mail", settings.to, keys);
  add_duration("--timeout", "what one attempt may take", false, settings.timeout, keys);
}

}  // namespace

void declare_alert(alert_settings& settings, option_set& keys) {
  keys.add({.flag = "--name",
            .placeholder = "NAME",
            .help = "what it is called by",
            .take = [&settings](std::string_view text) -> std::optional<std::string> {
              if (!is_plain_name(text, 64)) return std::string(plain_name_rule) + ", at most 64 bytes";
              settings.name = text;
              return std::nullopt;
            },
            .show = [&settings] { return std::vector{settings.name}; }});
  add_patterns("streams whose events it tells of; a list or one", settings.match, keys);
  add_list("--kinds", "KINDS", "kinds of event; all when left out", settings.kinds, keys);
  keys.add_number("--severity", "N", "told from here on, 1 to 100", settings.severity, 1, 100);
  add_budget("--budget", "messages that a person can take; the severity that keeps it is learned", settings.budget,
             keys);
  add_duration("--group", "events within so long of the first one make one message", true, settings.group, keys);
  add_duration("--repeat", "said again after so long while the event lasts", true, settings.repeat, keys);
  keys.add_number("--per_minute", "N", "messages a minute, 1 to 6000; others wait", settings.per_minute, 1, 6'000);
  declare_address(settings, keys);
}

void declare_maintenance(maintenance_settings& settings, option_set& keys) {
  add_patterns("streams of which nothing is told meanwhile; a list or one", settings.match, keys);
  add_time("--from", "when it begins", settings.from_ms, keys);
  add_time("--to", "when it is over", settings.to_ms, keys);
}

}  // namespace spindrift
