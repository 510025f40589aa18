// OTLP/JSON:
// resourceMetrics[].scopeMetrics[].metrics[].{gauge,sum,histogram,exponentialHistogram,summary}.dataPoints[].
#include <charconv>
#include <string>

#include "server/formats/number.hpp"
#include "server/formats/otlp.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

using kind = json_tree::kind;
using node = json_tree::node;

class otlp_json_reader {
public:
  otlp_json_reader(const json_tree& tree, parsed& into, std::string_view line)
      : tree_(tree), into_(into), line_(line) {}

  void read(const node& root) {
    for_items(root, "resourceMetrics", [&](const node& resource) {
      const node* const described = tree_.find(resource, "resource");
      for_items(resource, "scopeMetrics", [&](const node& scope) {
        for_items(scope, "metrics", [&](const node& metric) { read_metric(metric, described); });
      });
    });
  }

private:
  template <class Visit>
  void for_items(const node& parent, std::string_view key, Visit visit) const {
    const node* const list = tree_.find(parent, key);
    if (list == nullptr || list->is != kind::array) return;
    for (const node* item = tree_.first(*list); item != nullptr; item = tree_.next(*item)) visit(*item);
  }

  void read_metric(const node& metric, const node* resource) {
    const node* const name = tree_.find(metric, "name");
    if (name == nullptr || name->is != kind::text || name->text.empty()) {
      return into_.refuse(fault_cause::bad_name, line_, "a metric without a name");
    }
    for (const std::string_view type : {"gauge", "sum", "histogram", "exponentialHistogram", "summary"}) {
      const node* const data = tree_.find(metric, type);
      if (data == nullptr) continue;
      const bool is_counter = is_cumulative(*data, type);
      for_items(*data, "dataPoints", [&](const node& from) { read_point(from, name->text, resource, is_counter); });
    }
  }

  // What only grows since a fixed start. The temporality is a number or its name.
  bool is_cumulative(const node& data, std::string_view type) const {
    if (type == "gauge") return false;
    if (type == "summary") return true;
    const node* const temporality = tree_.find(data, "aggregationTemporality");
    const node* const monotonic = tree_.find(data, "isMonotonic");
    if (type == "sum" && (monotonic == nullptr || monotonic->text != "true")) return false;
    return temporality != nullptr &&
           (temporality->text == "2" || temporality->text == "AGGREGATION_TEMPORALITY_CUMULATIVE");
  }

  // Of the resource the service alone: its other attributes (versions, identifiers of processes) change with every
  // start.
  void add_tags(const node& from, const node* resource, series_name& name) const {
    if (resource != nullptr) {
      for_items(*resource, "attributes", [&](const node& attribute) {
        const node* const key = tree_.find(attribute, "key");
        if (key == nullptr) return;
        for (const std::string_view wanted : {"service.name", "host.name"}) {
          if (key->text == wanted) add_tag(attribute, key->text, name);
        }
      });
    }
    for_items(from, "attributes", [&](const node& attribute) {
      if (const node* const key = tree_.find(attribute, "key")) add_tag(attribute, key->text, name);
    });
  }
  void add_tag(const node& attribute, std::string_view key, series_name& name) const {
    const node* const value = tree_.find(attribute, "value");
    const node* const held = value == nullptr ? nullptr : tree_.first(*value);
    if (held != nullptr && held->is != kind::object && held->is != kind::array) name.add_tag(key, held->text);
  }

  void read_point(const node& from, std::string_view metric, const node* resource, bool is_counter) {
    const std::size_t before = into_.points().size();
    series_name name;
    name.begin(metric);
    add_tags(from, resource, name);
    const node* const time = tree_.find(from, "timeUnixNano");
    const auto ts = time == nullptr ? std::nullopt : read_epoch(time->text);
    for (const std::string_view key : {"asDouble", "asInt"}) {
      if (const node* const value = tree_.find(from, key)) {
        into_.add_text(name.build(), value->text, ts, line_);
        if (is_counter) into_.mark_counters(before);
        return;
      }
    }
    const node* const count = tree_.find(from, "count");
    const node* const sum = tree_.find(from, "sum");
    if (count == nullptr) return into_.skip();
    into_.add_text(name.build("count"), count->text, ts, line_);
    if (sum != nullptr) into_.add_text(name.build("sum"), sum->text, ts, line_);
    if (is_counter) into_.mark_counters(before);
    if (sum == nullptr) return;
    double counted = 0;
    double summed = 0;
    if (read_number(count->text, counted) == number_kind::number && counted > 0 &&
        read_number(sum->text, summed) == number_kind::number) {
      into_.add_copy(name.build("mean"), summed / counted, ts, line_);
    }
  }

  const json_tree& tree_;
  parsed& into_;
  std::string_view line_;
};

}  // namespace

void read_otlp_json(const json_tree& tree, const json_tree::node& root, parsed& into, std::string_view line) {
  otlp_json_reader(tree, into, line).read(root);
}

}  // namespace spindrift::formats
