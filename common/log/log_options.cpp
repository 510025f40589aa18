// The option table of the log.
#include "common/log/log_options.hpp"

#include "common/cli/options.hpp"
#include "common/log/log.hpp"
#include "common/log/log_line.hpp"

namespace spindrift {
namespace {

constexpr log_level log_levels[] = {log_level::trace,   log_level::debug, log_level::info,
                                    log_level::warning, log_level::error, log_level::off};

}  // namespace

void declare(log_settings& settings, option_set& options) {
  options.add({.flag = "--log-level",
               .placeholder = "LEVEL",
               .help = "trace, debug, info, warning, error or off",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 for (const log_level level : log_levels) {
                   if (name_of(level) != text) continue;
                   settings.level = level;
                   return std::nullopt;
                 }
                 return "trace, debug, info, warning, error or off";
               },
               .show = [&settings] { return std::vector{std::string(name_of(settings.level))}; },
               .is_live = true});
  options.add(
      {.flag = "--log-format",
       .placeholder = "text|json",
       .help = "how a line of the log looks",
       .take = [&settings](std::string_view text) -> std::optional<std::string> {
         if (text != "text" && text != "json") return "text or json";
         settings.format = text == "json" ? log_format::json : log_format::text;
         return std::nullopt;
       },
       .show =
           [&settings] { return std::vector<std::string>{settings.format == log_format::json ? "json" : "text"}; }});
  options.add_text("--log-file", "FILE",
                   "where events are appended, a line when told and one when over; at level debug also "
                   "anomalies, drifts and alarms",
                   settings.file);
}

}  // namespace spindrift
