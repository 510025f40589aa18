// The pictures that go into files: that of --output as soon as there is something to see, every few seconds, and at the
// end; one on demand; and the script of --dump.
//
// On the thread that runs the io_context. Reads the board and the heading, which its owner keeps alive and up to date.
// A picture takes gnuplot some 200 ms, during which nothing else happens here.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "visualizer/app/picture_pace.hpp"
#include "visualizer/app/settings.hpp"
#include "visualizer/series/screen_view.hpp"

namespace spindrift {

class picture_output {
public:
  picture_output(boost::asio::io_context& io, const viewer_settings& settings, const stream_board& board,
                 const heading& above);

  // Whether the files can be made, before the server is bothered. Says why not and returns the exit code.
  std::optional<int> check();
  void start();
  void stop();
  // The last picture, tried again where gnuplot fails, and the script. Says what failed and returns the exit code.
  std::optional<int> conclude();
  // What a terminal would show now, in lines of text.
  std::string text();
  // A file of its own where the program was started. Returns what came of it, for people.
  std::string save(const scene& shown);

  // The streams that the picture shows.
  const std::vector<std::string>& shown() const { return view_.shown(); }
  // What gnuplot can draw on; asked once.
  const std::set<std::string>& offered();
  // A picture has room for what a window has; it is made as large as what it shows.
  static screen_room room();

private:
  void arm(picture_outcome last);
  picture_outcome attempt();
  scene look();
  std::optional<std::string> write(const scene& shown, const std::string& file, const std::string& kind);
  std::optional<std::string> write_newest() { return write(look(), settings_.output, settings_.picture_kind()); }
  std::optional<std::string> dump();

  const viewer_settings& settings_;
  const stream_board& board_;
  const heading& heading_;
  screen_view view_;
  std::optional<std::set<std::string>> offered_;
  picture_pace pace_;
  boost::asio::steady_timer timer_;
  bool is_stopped_ = false;
};

}  // namespace spindrift
