// One table of what a server's clients may speak.
#include "server/formats/format_options.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spindrift {
namespace {

constexpr const char* format_names = "auto, json, graphite, influx, opentsdb, statsd, prometheus, syslog or plain";

std::string name_of(const format_settings& settings) {
  if (settings.json_only) return "json";
  return settings.pinned != nullptr ? std::string(settings.pinned->name) : "auto";
}

// Names between commas; none may be empty.
std::optional<std::vector<std::string>> split(std::string_view text) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t comma = text.find(',');
    if (text.substr(0, comma).empty()) return std::nullopt;
    names.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return names;
    text.remove_prefix(comma + 1);
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ",").append(name);
  return text;
}

void add_names(option_set& options, std::string flag, std::string help, std::vector<std::string>& target) {
  options.add({.flag = std::move(flag),
               .placeholder = "KEYS",
               .help = std::move(help),
               .take = [&target](std::string_view text) -> std::optional<std::string> {
                 auto names = split(text);
                 if (!names) return "names of JSON's fields with commas between them";
                 target = std::move(*names);
                 return std::nullopt;
               },
               .show = [&target] { return std::vector{joined(target)}; },
               .is_comma_list = true});
}

}  // namespace

bool set_format(format_settings& settings, std::string_view name) {
  const formats::line_format* const pinned = formats::line_format_named(name);
  if (pinned == nullptr && name != "auto" && name != "json") return false;
  settings.pinned = pinned;
  settings.json_only = name == "json";
  return true;
}

void declare(format_settings& settings, option_set& options) {
  options.add({.flag = "--format",
               .placeholder = "FORMAT",
               .help = "what clients speak: auto (told by their first bytes), json, or lines of graphite, influx, "
                       "opentsdb, statsd, prometheus, syslog or plain",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (!set_format(settings, text)) return format_names;
                 return std::nullopt;
               },
               .show = [&settings] { return std::vector{name_of(settings)}; }});
  options.add_switch("--replies", "verdicts also to clients of other formats than JSON, who expect none",
                     settings.always_replies);
  formats::field_mapping& mapping = settings.mapping;
  add_names(options, "--json-names", "fields of a tool's JSON that name a stream; a/b: two, joined by a dot",
            mapping.names);
  add_names(options, "--json-values", "fields of a tool's JSON that hold the value", mapping.values);
  add_names(options, "--json-times", "fields of a tool's JSON that hold the time", mapping.times);
  add_names(options, "--json-tags", "fields of a tool's JSON that are, or hold, tags", mapping.tags);
}

}  // namespace spindrift
