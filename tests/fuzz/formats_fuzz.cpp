// Any bytes as what a producer sends: whatever comes of them are points that the engine may take, and no reader reads
// beyond its bytes.
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/model/limit.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/time_limits.hpp"
#include "server/formats/body.hpp"
#include "server/formats/foreign_reader.hpp"
#include "server/formats/opening.hpp"
#include "tests/fuzz/require.hpp"

namespace spindrift::formats {
namespace {

using fuzz::require;

void check_points(const parsed& from) {
  for (const point& read : from.points()) {
    require(is_name(read.stream, limits::stream_bytes_max), "a stream's name is none", read.stream);
    require(std::isfinite(read.value), "a value is not finite", read.stream);
    require(!read.ts || limits::is_event_time(*read.ts), "a time is none", read.stream);
    require(read.values.size() <= model::features_max, "too many features", read.stream);
    for (const feature& part : read.values) {
      require(is_name(part.name, limits::feature_bytes_max) && std::isfinite(part.value), "a feature is none",
              part.name);
    }
  }
  require(from.faults().size() <= parsed::faults_max, "more faults are kept than the limit");
}

void check_lines(std::string_view bytes) {
  foreign_reader reader;
  parsed into;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string line(bytes.substr(0, end));
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    into.clear();
    if (reader.is_joining() || foreign_reader::begins_value(line)) {
      (void)reader.would_complete(line);
      if (reader.join(line, model::frame_bytes_max) != foreign_reader::join_result::whole) continue;
      const frame_result result = reader.read(reader.joined(), into);
      require(result != frame_result::unknown || into.points().empty(), "what is unknown gave points");
    } else if (reader.read(line, into) == frame_result::unknown) {
      require(into.points().empty() && into.fault_count() == 0, "what is unknown gave points", line);
      (void)likeness(line);
    }
    check_points(into);
  }
  for (const line_format& format : all_line_formats()) {
    parsed alone;
    if (!format.read(bytes, alone)) require(alone.points().empty(), "a line of another format gave points", bytes);
    check_points(alone);
  }
}

void check_body(bool (*read)(std::string_view, parsed&), std::string_view bytes) {
  // A copy of exactly this length, which is gone before the points are looked at.
  parsed into;
  {
    const std::string body(bytes);
    (void)read(body, into);
  }
  check_points(into);
}

void check_framing(std::string_view bytes) {
  const opening begun = look_at(bytes, true);
  require(begun.is != opening::kind::unreadable || !begun.advice.empty(), "unreadable, and not a word about it", bytes);
  require(begun.skip <= bytes.size(), "more is skipped than there is", bytes);
  (void)look_at(bytes, false);
  const counted_frame cut = cut_counted(bytes);
  require(cut.is != counted_frame::kind::whole || cut.begin + cut.bytes <= bytes.size(), "a frame ends outside", bytes);
}

}  // namespace
}  // namespace spindrift::formats

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spindrift::formats;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_framing(bytes);
  check_lines(bytes);
  check_body(read_remote_write, bytes);
  check_body(read_write_request, bytes);
  check_body(read_otlp, bytes);
  check_body(read_otlp_json_body, bytes);
  check_body(read_json_body, bytes);
  check_body([](std::string_view body, parsed& into) { return read_influx_body(body, 1'000, into); }, bytes);
  return 0;
}
