// Asks gnuplot what it offers, looks at where we are, and chooses.
#include "visualizer/gnuplot/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "visualizer/gnuplot/child.hpp"
#include "visualizer/gnuplot/window_key.hpp"

namespace spindrift {
namespace {

std::string listed(const std::set<std::string>& offered) {
  std::string text;
  for (const char* name : {"qt", "wxt", "x11", "sixelgd", "dumb", "pngcairo", "png", "svg"}) {
    if (offered.contains(name)) text.append(text.empty() ? "" : ", ").append(name);
  }
  return text.empty() ? "none (is gnuplot installed?)" : text;
}

std::string size_of(const canvas& where) {
  return std::to_string(where.width) + "," + std::to_string(where.height);
}

screen window(const std::string& name) {
  const canvas where{canvas::unit::pixels, 1'200, 700};
  // Its own q would close the window and leave us running.
  const std::string title =
      name == "x11" ? " title 'spindrift' noraise ctrlq" : " title 'spindrift' noraise ctrl font 'Sans,10'";
  return {name, "set terminal " + name + " size " + size_of(where) + title + "\n" + key_commands(), where};
}

canvas cells_of(const display& here) {
  return {canvas::unit::cells, here.columns, here.rows > 4 ? here.rows - 2 : here.rows};
}

// Text in place of pictures. On a terminal each frame is drawn over the one before.
screen cells(const display& here) {
  const canvas where = cells_of(here);
  return {"dumb", "set terminal dumb " + size_of(where) + " ansi256\nset print '-'\n", where,
          "print \"\\033[H\\033[J\"\n"};
}

screen sixel(const display& here) {
  const canvas where{canvas::unit::pixels, here.columns * 8, here.rows * 15};
  return {"sixelgd", "set terminal sixelgd size " + size_of(where) + "\nset print '-'\n", where, "print \"\\033[H\"\n"};
}

}  // namespace

std::set<std::string> offered_terminals() {
  child asked({"gnuplot", "-e", "set terminal"}, child::voice::captured);
  // It shows a page of the list and waits for a key; at the end of its input it shows all.
  if (asked.input() != nullptr) std::fclose(asked.release_input());
  std::istringstream lines(asked.read_all());
  std::set<std::string> offered;
  // A line a terminal: two blanks or more, its name, blanks, what it is.
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    if (line.starts_with("  ") && words >> name) offered.insert(name);
  }
  return offered;
}

display display::here() {
  display found;
  const auto is_set = [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  found.has_window = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
  found.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* const kind = std::getenv("TERM");
  const std::string_view term = kind != nullptr ? kind : "";
  found.has_sixel = found.is_terminal && (term.find("sixel") != std::string_view::npos || term == "mlterm" ||
                                          term == "foot" || term == "yaft-256color");
  winsize size{};
  if (found.is_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    found.columns = size.ws_col;
    found.rows = size.ws_row;
  }
  return found;
}

bool takes_lines(const std::string& wanted, const display& here) {
  if (here.is_terminal) return false;
  return wanted == "dumb" || wanted == "sixel" || (wanted == "auto" && !here.has_window);
}

screen_choice choose_screen(const std::string& wanted, const std::set<std::string>& offered, const display& here) {
  const auto refuse = [&](const std::string& why) {
    return screen_choice{std::nullopt, "--term: " + wanted + " is not possible: " + why};
  };
  if (offered.empty()) return refuse("gnuplot cannot be started; install gnuplot-qt or gnuplot-nox");
  if (wanted == "auto") {
    for (const char* name : {"qt", "wxt", "x11"}) {
      if (here.has_window && offered.contains(name)) return {window(name), {}};
    }
    if (here.has_sixel && offered.contains("sixelgd")) return {sixel(here), {}};
    return {cells(here), {}};
  }
  const std::string name = wanted == "sixel" ? "sixelgd" : wanted;
  if (!offered.contains(name)) return refuse("this gnuplot offers " + listed(offered));
  if (name == "dumb") return {cells(here), {}};
  if (name == "sixelgd") return {sixel(here), {}};
  if (!here.has_window) return refuse("there is no display (DISPLAY and WAYLAND_DISPLAY are not set)");
  return {window(name), {}};
}

screen text_page(const display& here) {
  const canvas where = cells_of(here);
  return {"dumb", "set terminal dumb " + size_of(where) + " mono\n", where};
}

screen_choice choose_picture(const std::string& file, const std::string& kind, const std::set<std::string>& offered,
                             const canvas& where) {
  const std::string name = kind == "svg" ? "svg" : offered.contains("pngcairo") ? "pngcairo" : "png";
  if (!offered.contains(name))
    return {std::nullopt, "--output: this gnuplot cannot write " + kind + ": it offers " + listed(offered)};
  std::string path;
  // Within single quotes gnuplot knows one escape: a doubled quote.
  for (const char c : file) path.append(c == '\'' ? 2 : 1, c);
  const std::string font = name == "png" ? "" : name == "svg" ? " dynamic font 'sans-serif,11'" : " font 'Sans,10'";
  return {screen{name,
                 "set terminal " + name + " size " + size_of(where) + font + " background rgb '#ffffff'\nset output '" +
                     path + "'\n",
                 where},
          {}};
}

}  // namespace spindrift
