// Runs gnuplot once over a script, and says why when no picture came of it.
#include "visualizer/gnuplot/picture.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "visualizer/gnuplot/child.hpp"
#include "visualizer/gnuplot/terminal.hpp"

namespace spindrift {
namespace {

constexpr int picture_seconds_max = 30;

// Where it is written until it is whole.
std::string part_of(const std::string& file) {
  return file + ".part-" + std::to_string(::getpid());
}

std::string failure_of(const std::string& file) {
  return file + ": " + std::strerror(errno);
}

}  // namespace

// By making one beside it: permissions, a full table of inodes and a file system that is read-only show in no other
// way.
std::optional<std::string> find_obstacle(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return file + ": is a folder";
  const std::string probe = part_of(file);
  const int made = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return failure_of(file);
  ::close(made);
  ::unlink(probe.c_str());
  return std::nullopt;
}

std::optional<std::string> write_picture(const std::string& script, const std::string& temporary,
                                         const std::string& file) {
  child gnuplot({"gnuplot"}, child::voice::silent);
  if (gnuplot.input() == nullptr) return "gnuplot cannot be started";
  const bool is_written = gnuplot.write_all(script, picture_seconds_max);
  const child_end end = gnuplot.finish(picture_seconds_max);
  if (!end.is_success() || !is_written) {
    std::remove(temporary.c_str());
    if (end.exit_code == 127) return "gnuplot is not installed";
    const std::string last = gnuplot.last_error();
    return "gnuplot failed: " + to_text(end) + (last.empty() ? "" : "; it said: " + last);
  }
  if (std::rename(temporary.c_str(), file.c_str()) != 0) return failure_of(file);
  return std::nullopt;
}

std::optional<std::string> draw_picture(const std::string& script, const std::string& file, const std::string& kind,
                                        const std::set<std::string>& offered, const canvas& where) {
  const std::string temporary = part_of(file);
  const screen_choice choice = choose_picture(temporary, kind, offered, where);
  if (!choice.chosen) return choice.complaint;
  return write_picture(choice.chosen->setup + script + "set output\n", temporary, file);
}

std::string draw_text(const std::string& script) {
  child gnuplot({"gnuplot"}, child::voice::heard);
  if (gnuplot.input() == nullptr || !gnuplot.write_all(script, picture_seconds_max)) return {};
  std::string text = gnuplot.read_all();
  if (text.starts_with('\f')) text.erase(0, 1);  // a page begins with it
  return gnuplot.finish(picture_seconds_max).is_success() ? text : "";
}

std::optional<std::string> write_script(const std::string& script, const std::string& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << script;
  out.close();
  return out ? std::nullopt : std::optional(file + ": cannot be written");
}

}  // namespace spindrift
