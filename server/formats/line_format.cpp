// The list of the line formats, and the reader that finds the right one.
#include "server/formats/line_format.hpp"

#include <array>
#include <cstddef>

#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/formats/number.hpp"

namespace spindrift::formats {
namespace {

constexpr std::array<line_format, 7> formats = {{
    {"graphite", "web01.load 3.81 1795286073", read_graphite, read_usual_graphite},
    {"influx", "cpu,host=web01 usage=12.5 1795286073000000000", read_influx, read_usual_influx},
    {"opentsdb", "put sys.load 1795286073 12.5 host=web01", read_opentsdb},
    {"statsd", "api.latency:10|ms", read_statsd},
    {"prometheus", "http_requests_total{code=\"200\"} 1027", read_prometheus_text},
    {"syslog", "<13>1 2026-11-21T18:35:41Z vm temp - - - 12.5", read_syslog},
    {"plain", "load 12.5", read_plain},
}};

}  // namespace

std::span<const line_format> all_line_formats() {
  return formats;
}

const line_format* line_format_named(std::string_view name) {
  for (const line_format& format : formats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

std::size_t split_words(std::string_view line, std::span<std::string_view> into) {
  std::size_t count = 0;
  const char* at = line.data();
  const char* const end = at + line.size();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  for (;;) {
    while (at != end && is_blank(*at)) ++at;
    if (at == end) return count;
    if (count == into.size()) return count + 1;
    const char* const begin = at;
    while (at != end && !is_blank(*at)) ++at;
    into[count++] = {begin, static_cast<std::size_t>(at - begin)};
  }
}

bool line_reader::read_usual(std::string_view line, point& into) const {
  if (last_ == nullptr || last_->read_usual == nullptr || line.empty() || line.front() == '#') return false;
  if (line.back() == '\r') line.remove_suffix(1);
  return last_->read_usual(line, into) && is_name(into.stream, limits::stream_bytes_max);
}

line_result line_reader::read(std::string_view line, parsed& into) {
  line = trimmed(line);
  if (line.empty() || line.front() == '#') return line_result::nothing;
  if (last_ != nullptr && last_->read(line, into)) return line_result::read;
  if (pinned_ != nullptr) return line_result::unknown;
  for (const line_format& format : formats) {
    if (&format == last_ || !format.read(line, into)) continue;
    last_ = &format;
    return line_result::read;
  }
  return line_result::unknown;
}

}  // namespace spindrift::formats
