// The option table, and what flags may not be combined.
#include "visualizer/app/settings.hpp"

#include <algorithm>
#include <charconv>

#include "common/net/endpoint.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/query_limits.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/page_address.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

constexpr const char* endpoint_rule = "HOST:PORT, with a port from 0 to 65535 and IPv6 addresses in brackets";

std::string ending_of(const std::string& file) {
  const std::size_t dot = file.rfind('.');
  return dot == std::string::npos ? "" : file.substr(dot + 1);
}

void add_time(option_set& options, const char* flag, const char* help, std::optional<std::int64_t>& target) {
  options.add({.flag = flag,
               .placeholder = "TIME",
               .help = help,
               .take = [&target](std::string_view text) -> std::optional<std::string> {
                 std::int64_t number = 0;
                 const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
                 const bool is_number = error == std::errc() && end == text.data() + text.size() && !text.empty();
                 const auto moment = is_number ? std::optional(number) : parse_rfc3339(text);
                 if (!moment || !limits::is_event_time(*moment)) {
                   return "RFC 3339 (2026-11-24T16:00:00Z) or milliseconds since 1970";
                 }
                 target = *moment;
                 return std::nullopt;
               },
               .show = [&target] { return target ? std::vector{to_rfc3339(*target)} : std::vector<std::string>{}; }});
}

void add_endpoint(option_set& options, const char* flag, const char* help, std::string& target) {
  options.add({.flag = flag,
               .placeholder = "HOST:PORT",
               .help = help,
               .take = [&target](std::string_view text) -> std::optional<std::string> {
                 if (!endpoint_meant(text)) return endpoint_rule;
                 target = text;
                 return std::nullopt;
               },
               .show = [&target] { return std::vector{target}; }});
}

}  // namespace

std::string viewer_settings::picture_kind() const {
  if (term == "png" || term == "svg") return term;
  return ending_of(output);
}

std::optional<event_name> event_named(std::string_view id, const std::string& streams) {
  const std::size_t colon = id.rfind(':');
  event_name found;
  found.stream = colon == std::string_view::npos ? streams : std::string(id.substr(0, colon));
  const std::string_view digits = colon == std::string_view::npos ? id : id.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found.number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size() && found.number > 0;
  const bool is_stream = !found.stream.empty() && found.stream.find_first_of("*?") == std::string::npos;
  return is_number && is_stream ? std::optional(std::move(found)) : std::nullopt;
}

void declare_server(viewer_settings& settings, option_set& options) {
  add_endpoint(options, "--server", "the server to listen to", settings.server);
  options.add_text("--token-file", "FILE", "file that holds the token, where the server wants one",
                   settings.token_file);
}

void declare(viewer_settings& settings, option_set& options) {
  declare_server(settings, options);
  options.add_text("--streams", "GLOB", "which streams, with * and ?", settings.streams);
  options.add_choice("--term", "where to draw; auto: a window where there is a display, else the terminal",
                     {"auto", "qt", "x11", "wxt", "sixel", "dumb", "png", "svg"}, settings.term);
  options.add_text("--output", "FILE",
                   "a picture, .png or .svg, written every few seconds and at the end; needs no display",
                   settings.output);
  options.add_text("--event", "STREAM:NUMBER", "draws this event alone, to --output or --dump, and ends",
                   settings.event);
  options.add_text("--dump", "FILE.gp", "writes what is drawn as a gnuplot script with its data, at the end",
                   settings.dump);
  add_time(options, "--from", "draws points of this time on", settings.from);
  add_time(options, "--to", "draws points up to this time", settings.to);
  options.add_number("--seconds", "N", "ends after so many seconds; 0: with a signal", settings.seconds, 0, 31'536'000);
  options.add_number("--points", "N", "width of the plot in points, 10 to 100000", settings.points, 10, 100'000);
  options.add_number("--fps", "N", "frames a second at most, 1 to 10", settings.fps, 1, 10);
  options.add_number("--threshold", "Z",
                     "half the width of the band in sigmas: the server's threshold (robust 5, classic 3)",
                     settings.drawing.threshold, 0.1, 1'000);
  options.add_choice("--axis", "what runs along: the number of the point or its time", {"n", "time"}, settings.axis);
  add_endpoint(options, "--web", "address of a web page of all streams, live", settings.web);
  options.add_text("--public-url", "URL",
                   "where people reach the page through a proxy: it answers to this name, and its links begin with it",
                   settings.public_url);
  options.add_text("--web-token-file", "FILE", "file that holds a token that the page asks for, once a browser",
                   settings.web_token_file);
}

std::vector<std::string> validate(const viewer_settings& settings) {
  std::vector<std::string> complaints;
  const std::string kind = settings.picture_kind();
  if (!is_pattern(settings.streams)) {
    complaints.push_back("--streams: " + in_quotes(settings.streams) + " is not allowed: give 1 to " +
                         std::to_string(limits::pattern_bytes_max) + " bytes with at most four *");
  }
  if (settings.output.empty() && (settings.term == "png" || settings.term == "svg")) {
    complaints.push_back("--term: " + settings.term +
                         " is not allowed without --output FILE: give a file, or another terminal");
  }
  if (!settings.output.empty() && kind != "png" && kind != "svg") {
    complaints.push_back("--output: " + settings.output + " is not allowed: give a file that ends in .png or .svg");
  }
  if (!settings.event.empty() && !event_named(settings.event, settings.streams)) {
    complaints.push_back("--event: " + settings.event +
                         " is not allowed: give STREAM:NUMBER, or a number and one stream with --streams");
  }
  if (!settings.event.empty() && settings.output.empty() && settings.dump.empty()) {
    complaints.emplace_back("--event: without --output or --dump it would draw nowhere: give one of them");
  }
  if (settings.from && settings.to && *settings.from > *settings.to) {
    complaints.emplace_back("--from: a time behind --to is not allowed: give the earlier one first");
  }
  if (settings.output.find_first_of("\r\n") != std::string::npos) {
    complaints.emplace_back("--output: a line end in a file's name is not allowed");
  }
  if (std::string wrong = wrong_page_address(settings.public_url); !wrong.empty()) {
    complaints.push_back(std::move(wrong));
  }
  if (!settings.public_url.empty() && settings.web.empty()) {
    complaints.emplace_back("--public-url: without --web there is no page: give that as well");
  }
  if (!settings.web.empty() && settings.web_token_file.empty() && !is_loopback(*endpoint_meant(settings.web))) {
    complaints.push_back("--web: " + settings.web +
                         " is not allowed without --web-token-file FILE, since others can reach it: give a file with "
                         "a token, or a loopback address");
  }
  return complaints;
}

}  // namespace spindrift
