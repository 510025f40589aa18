// OTLP as protobuf (opentelemetry-proto, metrics/v1): ResourceMetrics=1{resource=1, scope_metrics=2{metrics=2{name=1,
// gauge=5, sum=7, histogram=9, exponential_histogram=10, summary=11}}}.
#include <array>
#include <charconv>
#include <string>

#include "server/formats/body.hpp"
#include "server/formats/number.hpp"
#include "server/formats/protobuf.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

using wire = protobuf_message::wire;

// Field numbers of the data points: NumberDataPoint, HistogramDataPoint, ExponentialHistogramDataPoint,
// SummaryDataPoint.
struct point_layout {
  std::uint32_t attributes;
  std::uint32_t count;  // 0: none
  std::uint32_t sum;
};
constexpr point_layout number_layout{7, 0, 0};
constexpr point_layout histogram_layout{9, 4, 5};
constexpr point_layout exponential_layout{1, 4, 5};
constexpr point_layout summary_layout{7, 4, 5};
constexpr std::uint64_t cumulative = 2;  // AggregationTemporality: since a fixed start

class otlp_protobuf_reader {
public:
  explicit otlp_protobuf_reader(parsed& into) : into_(into) {}

  bool read(std::string_view body) {
    return for_fields(body, [&](const protobuf_message& field) {
      return !field.is(1, wire::bytes) || read_resource_metrics(field.bytes());
    });
  }

private:
  template <class Visit>
  static bool for_fields(std::string_view bytes, Visit visit) {
    protobuf_message message(bytes);
    while (message.next()) {
      if (!visit(message)) return false;
    }
    return message.ok();
  }

  bool read_resource_metrics(std::string_view bytes) {
    std::string_view resource;
    const bool is_good = for_fields(bytes, [&](const protobuf_message& field) {
      if (field.is(1, wire::bytes)) resource = field.bytes();
      return true;
    });
    return is_good && for_fields(bytes, [&](const protobuf_message& scope) {
             if (!scope.is(2, wire::bytes)) return true;
             return for_fields(scope.bytes(), [&](const protobuf_message& metric) {
               return !metric.is(2, wire::bytes) || read_metric(metric.bytes(), resource);
             });
           });
  }

  bool read_metric(std::string_view bytes, std::string_view resource) {
    std::string_view name;
    bool is_good = for_fields(bytes, [&](const protobuf_message& field) {
      if (field.is(1, wire::bytes)) name = field.bytes();
      return true;
    });
    return is_good && for_fields(bytes, [&](const protobuf_message& data) {
             const point_layout* layout = nullptr;
             if (data.is(5, wire::bytes) || data.is(7, wire::bytes)) layout = &number_layout;
             if (data.is(9, wire::bytes)) layout = &histogram_layout;
             if (data.is(10, wire::bytes)) layout = &exponential_layout;
             if (data.is(11, wire::bytes)) layout = &summary_layout;
             if (layout == nullptr) return true;
             // Sum{points=1, temporality=2, is_monotonic=3}, Histogram{points=1, temporality=2}
             std::uint64_t temporality = data.is(11, wire::bytes) ? cumulative : 0;
             bool is_monotonic = !data.is(7, wire::bytes);
             const bool is_whole = for_fields(data.bytes(), [&](const protobuf_message& field) {
               if (field.is(2, wire::varint)) temporality = field.integer();
               if (field.is(3, wire::varint)) is_monotonic = field.integer() != 0;
               return true;
             });
             const bool is_counter = !data.is(5, wire::bytes) && temporality == cumulative && is_monotonic;
             return is_whole && for_fields(data.bytes(), [&](const protobuf_message& point) {
                      return !point.is(1, wire::bytes) ||
                             read_point(point.bytes(), name, resource, *layout, is_counter);
                    });
           });
  }

  // KeyValue{key=1, value=2 AnyValue{string=1, bool=2, int=3, double=4}}. Numbers as tags are written into the arena.
  bool read_attribute(std::string_view bytes, bool is_resource, series_name& name) {
    std::string_view key;
    std::string_view text;
    const bool is_good = for_fields(bytes, [&](const protobuf_message& field) {
      if (field.is(1, wire::bytes)) key = field.bytes();
      if (!field.is(2, wire::bytes)) return true;
      return for_fields(field.bytes(), [&](const protobuf_message& value) {
        std::array<char, 32> digits{};
        char* end = digits.data();
        if (value.is(1, wire::bytes)) text = value.bytes();
        if (value.is(2, wire::varint)) text = value.integer() != 0 ? "true" : "false";
        if (value.is(3, wire::varint)) {
          end = std::to_chars(end, end + digits.size(), static_cast<std::int64_t>(value.integer())).ptr;
        }
        if (value.is(4, wire::fixed64)) end = std::to_chars(end, end + digits.size(), value.real()).ptr;
        if (end != digits.data()) {
          text = into_.texts().keep({digits.data(), static_cast<std::size_t>(end - digits.data())});
        }
        return true;
      });
    });
    const bool is_wanted = !is_resource || key == "service.name" || key == "host.name";
    if (is_good && is_wanted && !text.empty()) name.add_tag(key, text);
    return is_good;
  }

  bool read_point(std::string_view bytes, std::string_view metric, std::string_view resource,
                  const point_layout& layout, bool is_counter) {
    series_name name;
    name.begin(metric);
    std::optional<std::int64_t> ts;
    std::optional<double> value;
    std::optional<double> sum;
    std::uint64_t count = 0;
    const auto take_attributes = [&](std::string_view from, std::uint32_t number, bool is_resource) {
      return for_fields(from, [&](const protobuf_message& field) {
        return !field.is(number, wire::bytes) || read_attribute(field.bytes(), is_resource, name);
      });
    };
    if (!take_attributes(resource, 1, true) || !take_attributes(bytes, layout.attributes, false)) return false;
    const bool is_good = for_fields(bytes, [&](const protobuf_message& field) {
      if (field.is(3, wire::fixed64)) ts = ms_of_ns(field.integer());
      if (layout.count == 0 && field.is(4, wire::fixed64)) value = field.real();
      if (layout.count == 0 && field.is(6, wire::fixed64)) {
        value = static_cast<double>(static_cast<std::int64_t>(field.integer()));
      }
      if (layout.count != 0 && field.is(layout.count, wire::fixed64)) count = field.integer();
      if (layout.count != 0 && field.is(layout.sum, wire::fixed64)) sum = field.real();
      return true;
    });
    if (!is_good) return false;
    if (ts == 0) ts.reset();
    const std::size_t before = into_.points().size();
    if (layout.count == 0) {
      if (value)
        into_.add_copy(name.build(), *value, ts, metric);
      else
        into_.skip();
      if (is_counter) into_.mark_counters(before);
      return true;
    }
    into_.add_copy(name.build("count"), static_cast<double>(count), ts, metric);
    if (sum) into_.add_copy(name.build("sum"), *sum, ts, metric);
    if (is_counter) into_.mark_counters(before);
    if (sum && count > 0) into_.add_copy(name.build("mean"), *sum / static_cast<double>(count), ts, metric);
    return true;
  }

  parsed& into_;
};

}  // namespace

bool read_otlp(std::string_view body, parsed& into) {
  if (otlp_protobuf_reader(into).read(body)) return true;
  into.refuse(fault_cause::bad_syntax, {}, "no ExportMetricsServiceRequest in protobuf");
  return false;
}

}  // namespace spindrift::formats
