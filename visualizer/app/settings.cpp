// The option table, and what flags may not be combined.
#include "visualizer/app/settings.hpp"

#include "common/net/endpoint.hpp"

namespace spindrift {
namespace {

constexpr const char* endpoint_rule = "HOST:PORT, with a port from 0 to 65535 and IPv6 addresses in brackets";

std::string ending_of(const std::string& file) {
  const std::size_t dot = file.rfind('.');
  return dot == std::string::npos ? "" : file.substr(dot + 1);
}

void add_endpoint(option_set& options, const char* flag, const char* help, std::string& target) {
  options.add({.flag = flag,
               .placeholder = "HOST:PORT",
               .help = help,
               .take = [&target](std::string_view text) -> std::optional<std::string> {
                 if (!parse_endpoint(text)) return endpoint_rule;
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
  options.add_number("--seconds", "N", "ends after so many seconds; 0: with a signal", settings.seconds, 0, 31'536'000);
  options.add_number("--points", "N", "width of the plot in points, 10 to 100000", settings.points, 10, 100'000);
  options.add_number("--fps", "N", "frames a second at most, 1 to 10", settings.fps, 1, 10);
  options.add_number("--threshold", "Z",
                     "half the width of the band in sigmas: the server's threshold (robust 5, classic 3)",
                     settings.drawing.threshold, 0.1, 1'000);
  options.add_choice("--axis", "what runs along: the number of the point or its time", {"n", "time"}, settings.axis);
  add_endpoint(options, "--web", "address of a web page of all streams, live", settings.web);
  options.add_text("--web-token-file", "FILE", "file that holds a token that the page asks for, once a browser",
                   settings.web_token_file);
}

std::vector<std::string> validate(const viewer_settings& settings) {
  std::vector<std::string> complaints;
  const std::string kind = settings.picture_kind();
  if (settings.output.empty() && (settings.term == "png" || settings.term == "svg")) {
    complaints.push_back("--term: " + settings.term +
                         " is not allowed without --output FILE: give a file, or another terminal");
  }
  if (!settings.output.empty() && kind != "png" && kind != "svg") {
    complaints.push_back("--output: " + settings.output + " is not allowed: give a file that ends in .png or .svg");
  }
  if (settings.output.find_first_of("\r\n") != std::string::npos) {
    complaints.emplace_back("--output: a line end in a file's name is not allowed");
  }
  if (!settings.web.empty() && settings.web_token_file.empty() && !is_loopback(*parse_endpoint(settings.web))) {
    complaints.push_back("--web: " + settings.web +
                         " is not allowed without --web-token-file FILE, since others can reach it: give a file with "
                         "a token, or a loopback address");
  }
  return complaints;
}

}  // namespace spindrift
