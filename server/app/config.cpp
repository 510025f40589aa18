#include "server/app/config.hpp"

#include <utility>

#include "common/net/endpoint.hpp"

namespace spindrift {
namespace {

constexpr const char* endpoint_rule = "HOST:PORT, with a port from 0 to 65535 and IPv6 addresses in brackets";

void declare_log(log_settings& settings, option_set& options) {
  options.add({.flag = "--log-level",
               .placeholder = "LEVEL",
               .help = "trace, debug, info, warning, error or off",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 constexpr std::string_view names[] = {"trace", "debug", "info", "warning", "error", "off"};
                 for (std::size_t i = 0; i < std::size(names); ++i) {
                   if (names[i] != text) continue;
                   settings.level = static_cast<log_level>(i);
                   return std::nullopt;
                 }
                 return "trace, debug, info, warning, error or off";
               },
               .show =
                   [&settings] {
                     constexpr const char* names[] = {"trace", "debug", "info", "warning", "error", "off"};
                     return std::vector<std::string>{names[static_cast<std::size_t>(settings.level)]};
                   }});
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
  options.add_text("--log-file", "FILE", "where anomalies, drifts and alarms are appended, one line each",
                   settings.file);
}

}  // namespace

void declare(config& settings, option_set& options) {
  options.accept_config_file();
  options.add({.flag = "--listen",
               .placeholder = "HOST:PORT",
               .help = "address for producers and subscribers; may be given several times; port 0 picks one",
               .is_repeatable = true,
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (!parse_endpoint(text)) return endpoint_rule;
                 settings.listen.emplace_back(text);
                 return std::nullopt;
               },
               .show = [&settings] { return settings.listen; },
               .clear = [&settings] { settings.listen.clear(); }});
  options.add({.flag = "--http",
               .placeholder = "HOST:PORT|off",
               .help = "address for metrics and health",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (text != "off" && !parse_endpoint(text)) return "off, or " + std::string(endpoint_rule);
                 settings.http = text;
                 settings.is_http_chosen = true;
                 return std::nullopt;
               },
               .show = [&settings] { return std::vector{settings.http}; }});
  options.add_number("--threads", "N", "shards: threads with connections of their own, 1 to 256", settings.threads, 1,
                     256);
  declare(settings.engine.detectors, options);
  options.add_number("--max-connections", "N", "connections at once, 1 to 1000000", settings.net.connections_max, 1,
                     1'000'000);
  options.add_number("--max-streams", "N", "streams at once, 1 to 100000000", settings.engine.streams_max, 1,
                     100'000'000);
  declare_log(settings.log, options);
  options.add_action("--check-config", "say whether the configuration is good, and end", settings.check_config);
  options.add_action("--print-config", "print the configuration in force as TOML, and end", settings.print_config);
}

std::vector<std::string> validate(const config& settings) {
  return validate(settings.engine.detectors);
}

}  // namespace spindrift
