// All settings of the visualizer: defaults, flags, validation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cli/options.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// What its complaints begin with.
inline constexpr std::string_view viewer_program = "spindrift-viz";

struct viewer_settings {
  std::string server = "127.0.0.1:7171";
  std::string streams = "*";
  std::string term = "auto";
  std::string output;                  // empty: no picture
  std::string event;                   // draws this one alone (event_picture.hpp); empty: what comes
  std::string dump;                    // a gnuplot script of what is drawn, at the end; empty: none
  std::optional<std::int64_t> from{};  // of the points that are drawn, milliseconds since the Unix epoch
  std::optional<std::int64_t> to{};
  double seconds = 0;          // 0: until a signal
  std::uint64_t points = 500;  // per panel
  std::uint64_t fps = 10;
  std::string web;             // empty: no page
  std::string public_url;      // of that page, where people reach it by another name; empty: they do not
  std::string web_token_file;  // empty: whoever reaches the page sees it
  std::string token_file;
  view_settings drawing;
  std::string axis = "time";

  // "png" or "svg", by the file's ending or --term.
  std::string picture_kind() const;
  // A live view beside the picture was asked for.
  bool wants_screen() const {
    return term != "png" && term != "svg" && !(term == "auto" && (!output.empty() || !web.empty() || !dump.empty()));
  }
};

struct event_name {
  std::string stream;
  std::uint64_t number = 0;
};
// "pump.7:17", or "17" of the stream that --streams names. Nothing for anything else.
std::optional<event_name> event_named(std::string_view id, const std::string& streams);

void declare(viewer_settings& settings, option_set& options);
// Those of them that say which server, and who asks.
void declare_server(viewer_settings& settings, option_set& options);
std::vector<std::string> validate(const viewer_settings& settings);

}  // namespace spindrift
