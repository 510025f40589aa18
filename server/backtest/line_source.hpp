// Lines of a file or of standard input, as soon as they are there. A line without its end at the end of the file
// counts. Bounded: a line longer than 1 MiB is cut there and the rest is the next line. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

class line_source {
public:
  // "" or "-": standard input. This and next() throw std::runtime_error with name and reason when the file cannot be
  // opened or read: an input that breaks off is no shorter input.
  explicit line_source(const std::string& file);
  ~line_source();
  line_source(const line_source&) = delete;
  line_source& operator=(const line_source&) = delete;

  // The next line that is not blank, without its end (LF or CRLF); valid until the next call. Nothing at the end.
  std::optional<std::string_view> next();
  // The first bytes, at most 4 KiB, before any line is taken; a pipe may give fewer. Throws like next().
  std::string_view peek();
  // The file's name for messages.
  const std::string& name() const { return name_; }
  // Whether it is all there already: a file, standard input that is one included; no pipe, no terminal.
  bool is_file() const;
  // True when next() would have to wait for more input: time to write out what is ready.
  bool would_wait() const;

  // Waits for more input, or the end of it, for a tenth of a second; true when neither came.
  bool stays_silent() const;

private:
  bool fill();

  std::string name_;
  int descriptor_ = -1;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

}  // namespace spindrift
