// Prometheus remote write 1.0: WriteRequest{timeseries=1{labels=1{name=1,value=2}, samples=2{value=1 double,
// timestamp=2 int64 ms}}}.
#include <snappy.h>

#include <cmath>
#include <memory>
#include <string_view>
#include <vector>

#include "common/protocol/time_limits.hpp"
#include "server/formats/body.hpp"
#include "server/formats/protobuf.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

using wire = protobuf_message::wire;

struct sample {
  double value = 0;
  std::int64_t ts_ms = 0;
};

bool read_label(std::string_view bytes, series_name& name, std::string_view& metric) {
  protobuf_message label(bytes);
  std::string_view key;
  std::string_view value;
  while (label.next()) {
    if (label.is(1, wire::bytes)) key = label.bytes();
    if (label.is(2, wire::bytes)) value = label.bytes();
  }
  if (key == "__name__") {
    metric = value;
  } else {
    name.add_tag(key, value);
  }
  return label.ok();
}

bool read_sample(std::string_view bytes, sample& found) {
  protobuf_message message(bytes);
  while (message.next()) {
    if (message.is(1, wire::fixed64)) found.value = message.real();
    if (message.is(2, wire::varint)) found.ts_ms = static_cast<std::int64_t>(message.integer());
  }
  return message.ok();
}

void add_sample(std::string_view name, const sample& found, parsed& into) {
  // Prometheus marks the end of a series with a NaN of its own; nothing was measured.
  if (std::isnan(found.value)) return into.skip();
  if (!limits::is_event_time(found.ts_ms)) {
    return into.refuse(fault_cause::bad_time, name, "the time is outside the years 1 to 9999");
  }
  into.add(name, found.value, found.ts_ms, name);
}

// What the series of a request share, to be made once.
struct series_reader {
  series_name name;
  std::vector<sample> samples;

  // Labels come first, but protobuf does not promise it: the samples wait until the name is known.
  bool read(std::string_view bytes, parsed& into) {
    std::string_view metric;
    name.begin({});
    samples.clear();
    protobuf_message fields(bytes);
    while (fields.next()) {
      if (fields.is(1, wire::bytes) && !read_label(fields.bytes(), name, metric)) return false;
      if (fields.is(2, wire::bytes) && !read_sample(fields.bytes(), samples.emplace_back())) return false;
    }
    if (!fields.ok()) return false;
    const std::string_view full = name.keep(metric, into.texts());
    const std::size_t before = into.points().size();
    for (const sample& found : samples) add_sample(full, found, into);
    if (is_counter_name(metric)) into.mark_counters(before);
    return true;
  }
};

}  // namespace

bool read_write_request(std::string_view message, parsed& into) {
  protobuf_message request(message);
  series_reader series;
  std::uint64_t number = 0;
  while (request.next()) {
    if (!request.is(1, wire::bytes)) continue;
    into.set_line(++number);
    if (series.read(request.bytes(), into)) continue;
    into.refuse(fault_cause::bad_syntax, {}, "a series is no valid protobuf");
    return false;
  }
  if (!request.ok()) into.refuse(fault_cause::bad_syntax, {}, "no prometheus.WriteRequest in protobuf");
  return request.ok();
}

bool read_remote_write(std::string_view body, parsed& into) {
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &size) || size > snappy_bytes_max) {
    into.refuse(fault_cause::bad_syntax, {}, "not snappy's block format, or more than 32 MiB unpacked");
    return false;
  }
  const auto message = std::make_unique_for_overwrite<char[]>(size);
  if (!snappy::RawUncompress(body.data(), body.size(), message.get())) {
    into.refuse(fault_cause::bad_syntax, {}, "not snappy's block format");
    return false;
  }
  return read_write_request({message.get(), size}, into);
}

}  // namespace spindrift::formats
