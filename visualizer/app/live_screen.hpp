// The live view in gnuplot's window or on the terminal: what is in view, the keys, the frames.
//
// On the thread that runs the io_context. Owns gnuplot, the terminal's mode, and what is chosen; the board is the
// viewer's. A key that is somebody else's to obey is handed on by `wishes`. stop() gives the terminal back.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "visualizer/app/keyboard.hpp"
#include "visualizer/app/settings.hpp"
#include "visualizer/gnuplot/plotter.hpp"
#include "visualizer/gnuplot/terminal.hpp"
#include "visualizer/series/screen_view.hpp"

namespace spindrift {

struct screen_wishes {
  std::function<void()> quit;
  std::function<std::string()> save;                 // says what came of it
  std::function<void(const stream_event&)> explain;  // answers by live_screen::say()
};

class live_screen {
public:
  live_screen(boost::asio::io_context& io, const viewer_settings& settings, const stream_board& board,
              screen_wishes wishes);

  // Why there is no place to draw; nothing: it is open.
  std::optional<std::string> open(const std::set<std::string>& offered);
  // Takes the keys that were pressed in the window, and draws where something has changed.
  void refresh(const heading& above, bool has_changed);
  // Lines in place of the panels, until the next key.
  void say(std::vector<std::string> lines);
  // The streams that have panels.
  const std::vector<std::string>& shown() const { return view_.shown(); }
  // The same, where there is other room.
  scene in_view(const screen_room& room);
  void stop();

private:
  void press(char key);
  void await_resize();
  void ask_why();

  const viewer_settings& settings_;
  const stream_board& board_;
  screen_wishes wishes_;
  std::set<std::string> offered_;
  display display_ = display::here();
  std::optional<screen> screen_;
  std::optional<plotter> plotter_;
  screen_view view_;
  keyboard keyboard_;
  boost::asio::signal_set resizes_;
  bool has_changed_ = true;
  bool is_stopped_ = false;
};

}  // namespace spindrift
