// Whole bodies of HTTP requests -> points. Each is a pure function; names are copied, so the body may go before the
// points do. False: the body as a whole is not of its format, and into.faults() says why; what was read before it broke
// off has been added, and whoever wants all or nothing drops it.
//
// Limits: a snappy body unpacks to at most snappy_bytes_max, and to no more than its own header says.
#pragma once

#include <cstddef>
#include <string_view>

#include "server/formats/parsed.hpp"

namespace spindrift::formats {

inline constexpr std::size_t snappy_bytes_max = std::size_t{32} * 1024 * 1024;

// Prometheus remote write 1.0: snappy (block format) around prometheus.WriteRequest. A series' name is its __name__ and
// its other labels; stale markers and other NaN are skipped; histograms and metadata are passed over.
bool read_remote_write(std::string_view body, parsed& into);
// The same message without snappy.
bool read_write_request(std::string_view message, parsed& into);
// OTLP/HTTP: ExportMetricsServiceRequest as protobuf or JSON. Gauges and sums are points; histograms and summaries give
// count, sum and the mean.
bool read_otlp(std::string_view body, parsed& into);
bool read_otlp_json_body(std::string_view body, parsed& into);
// Lines of the InfluxDB line protocol. `unit_ns` is what one unit of a time is in nanoseconds; 0: told by its size.
bool read_influx_body(std::string_view body, std::uint64_t unit_ns, parsed& into);
// JSON: one value or several, with or without line ends between.
bool read_json_body(std::string_view body, parsed& into);

}  // namespace spindrift::formats
