// Which of gnuplot's terminals to draw on, and the command that sets it. Pure but for offered_terminals(), which asks
// gnuplot. Any thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "visualizer/plot/layout.hpp"

namespace spindrift {

// The terminals that gnuplot was built with; empty when there is no gnuplot. Takes some 50 ms.
std::set<std::string> offered_terminals();

// What can show something here.
struct display {
  bool has_window = false;  // DISPLAY or WAYLAND_DISPLAY is set
  bool is_terminal = false;
  bool has_sixel = false;  // the terminal is of a kind known to draw sixels
  unsigned columns = 80;
  unsigned rows = 24;

  // As the environment and standard output have it now.
  static display here();
};

struct screen {
  std::string name;   // of the terminal
  std::string setup;  // gnuplot commands before every frame
  canvas where;
  std::string wipe{};  // commands right before a frame is put out, on a terminal: the one before stands until then
};

// `wanted` is auto or a terminal's name. Returns what is wrong when it cannot be had: names what gnuplot offers.
struct screen_choice {
  std::optional<screen> chosen;
  std::string complaint;
};
// Frames make sense only where one covers the one before: a terminal, a window. True where neither is there, so that
// findings are told line by line instead.
bool takes_lines(const std::string& wanted, const display& here);
screen_choice choose_screen(const std::string& wanted, const std::set<std::string>& offered, const display& here);

// The picture of a terminal for whoever reads a pipe or a file: text without colours.
screen text_page(const display& here);

// For a picture in a file; .png or .svg by its ending. `file` is where gnuplot writes.
screen_choice choose_picture(const std::string& file, const std::string& kind, const std::set<std::string>& offered,
                             const canvas& where);

}  // namespace spindrift
