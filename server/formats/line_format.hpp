// Formats of one line a point: each is one file with a reader; all_line_formats() is the list that names them all.
//
// A reader takes one line without its end, says whether the line is of its format, and if so adds its points or what is
// wrong with it. It must tell by the shape alone: a line of the right shape with a value that is none is its own, and a
// fault. Readers are plain functions without state; nothing throws; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/model/point.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift::formats {

struct line_format {
  std::string_view name;     // as --format spells it
  std::string_view example;  // a line of it, for people
  // False: the line is of another format, and nothing was added.
  bool (*read)(std::string_view line, parsed& into);
  // What `read` makes of a line of the commonest shape, where that is one point with a name that stands in the line as
  // it is. False: ask `read`. Null: the format has no such shape. `into` is a new point; the name may still be one that
  // is_name() refuses.
  bool (*read_usual)(std::string_view line, point& into) = nullptr;
};

bool read_graphite(std::string_view line, parsed& into);
bool read_usual_graphite(std::string_view line, point& into);
bool read_influx(std::string_view line, parsed& into);
bool read_usual_influx(std::string_view line, point& into);
bool read_opentsdb(std::string_view line, parsed& into);
bool read_statsd(std::string_view line, parsed& into);
bool read_prometheus_text(std::string_view line, parsed& into);
bool read_syslog(std::string_view line, parsed& into);
bool read_plain(std::string_view line, parsed& into);

// In the order in which a line is offered to them.
std::span<const line_format> all_line_formats();
// Null: there is none of that name.
const line_format* line_format_named(std::string_view name);

enum class line_result : std::uint8_t { read, nothing, unknown };  // nothing: blank, a comment

// Reads lines of one producer: the format of the last line is tried first. `pinned`: that one alone.
class line_reader {
public:
  explicit line_reader(const line_format* pinned = nullptr) : pinned_(pinned), last_(pinned) {}
  // `unknown` adds nothing; the caller decides what that means.
  line_result read(std::string_view line, parsed& into);
  // True: `line` is of the commonest shape of the format that the last line was of, and `into`, a new point, is what it
  // says, with a name that may be one.
  bool read_usual(std::string_view line, point& into) const;
  const line_format* last() const { return last_; }

private:
  const line_format* pinned_;
  const line_format* last_;
};

// Blank-separated words. Returns how many there are, at most into.size() + 1; what is beyond is not kept.
std::size_t split_words(std::string_view line, std::span<std::string_view> into);

}  // namespace spindrift::formats
