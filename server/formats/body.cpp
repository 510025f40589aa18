// Bodies that are lines, and bodies that are JSON.
#include "server/formats/body.hpp"

#include <string>

#include "server/formats/json_tools.hpp"
#include "server/formats/json_value_scan.hpp"
#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"

namespace spindrift::formats {
namespace {

// The time of an Influx line as one in nanoseconds, when its unit was said with the request.
std::string with_unit(std::string_view line, std::uint64_t unit_ns) {
  std::string scaled(line);
  const std::size_t blank = scaled.find_last_of(' ');
  if (unit_ns == 0 || blank == std::string::npos) return scaled;
  const std::string_view last = std::string_view(scaled).substr(blank + 1);
  if (last.empty() || last.find_first_not_of("0123456789") != std::string_view::npos) return scaled;
  std::uint64_t time = 0;
  for (const char c : last) {
    if (time > UINT64_MAX / 10 - 9) return scaled;
    time = time * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (time > INT64_MAX / unit_ns) return scaled;
  scaled.resize(blank + 1);
  scaled += std::to_string(time * unit_ns);
  return scaled;
}

}  // namespace

bool read_influx_body(std::string_view body, std::uint64_t unit_ns, parsed& into) {
  std::uint64_t number = 0;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    std::string_view line = trimmed(body.substr(0, end));
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    into.set_line(++number);
    if (line.empty() || line.front() == '#') continue;
    // Nanoseconds need no other text, which is the usual case.
    const bool is_scaled = unit_ns > 1;
    if (is_scaled) line = into.texts().keep(with_unit(line, unit_ns));
    if (!read_influx(line, into)) {
      into.refuse(fault_cause::bad_syntax, line, "it is: MEASUREMENT[,TAG=VALUE...] FIELD=VALUE[,...] [TIME]");
    }
  }
  return true;
}

bool read_json_body(std::string_view body, parsed& into) {
  std::uint64_t number = 0;
  while (!(body = trimmed(body)).empty()) {
    into.set_line(++number);
    const std::size_t size = json_value_bytes(body);
    if (size == 0) {
      into.refuse(fault_cause::bad_syntax, body.substr(0, 256), "no JSON object or array");
      return false;
    }
    read_json_text(body.substr(0, size), {}, into, body.substr(0, size));
    body.remove_prefix(size);
    while (body.starts_with(',')) body.remove_prefix(1);
  }
  return true;
}

bool read_otlp_json_body(std::string_view body, parsed& into) {
  read_json_text(body, {}, into, body.substr(0, 256));
  return into.fault_count() == 0;
}

}  // namespace spindrift::formats
