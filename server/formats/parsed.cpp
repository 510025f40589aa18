// Collects points and faults, and sees to it that every point has a name and a value that the engine may take.
#include "server/formats/parsed.hpp"

#include <algorithm>
#include <cmath>

#include "common/model/limit.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {

std::string_view name_of(fault_cause cause) {
  constexpr std::array<std::string_view, fault_causes> names = {"unknown_shape", "bad_value",  "not_finite", "bad_time",
                                                                "bad_name",      "bad_syntax", "too_large"};
  return names[static_cast<std::size_t>(cause)];
}

std::string_view parsed::usable_name(std::string_view text) {
  if (is_name(text, limits::stream_bytes_max)) return text;
  const std::string mended = mended_name(text);
  return mended.empty() ? std::string_view{} : texts_.keep(mended);
}

bool parsed::add(std::string_view stream, double value, std::optional<std::int64_t> ts_ms, std::string_view line) {
  return add_kept(usable_name(stream), value, ts_ms, line);
}

bool parsed::add_copy(std::string_view stream, double value, std::optional<std::int64_t> ts_ms, std::string_view line) {
  const std::string_view name = usable_name(stream);
  return add_kept(name.data() == stream.data() ? texts_.keep(name) : name, value, ts_ms, line);
}

bool parsed::add_kept(std::string_view name, double value, std::optional<std::int64_t> ts_ms, std::string_view line) {
  if (!std::isfinite(value)) {
    refuse(fault_cause::not_finite, line, "the value is not finite");
    return false;
  }
  if (name.empty()) {
    refuse(fault_cause::bad_name, line, "the name is empty or no UTF-8");
    return false;
  }
  point& added = points_.emplace_back();
  added.stream = name;
  added.value = value;
  added.ts = ts_ms;  // known for certain, whatever its size: no unit
  return true;
}

bool parsed::add_text(std::string_view stream, std::string_view number, std::optional<std::int64_t> ts_ms,
                      std::string_view line) {
  double value = 0;
  switch (read_number(number, value)) {
    case number_kind::number:
      return add_copy(stream, value, ts_ms, line);
    case number_kind::not_finite:
      refuse(fault_cause::not_finite, line, "the value is not finite");
      return false;
    case number_kind::none:
      break;
  }
  refuse(fault_cause::bad_value, line, "the value is no number (with a decimal point, if any)");
  return false;
}

bool parsed::add_values(std::string_view stream, std::span<const feature> values, std::optional<std::int64_t> ts_ms,
                        std::string_view line) {
  if (values.empty() || values.size() > model::features_max) {
    refuse(fault_cause::bad_value, line, "\"values\" has no feature, or more than 64");
    return false;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    bool is_bad = !is_name(values[i].name, limits::feature_bytes_max) || !std::isfinite(values[i].value);
    for (std::size_t j = 0; j < i; ++j) is_bad = is_bad || values[i].name == values[j].name;
    if (!is_bad) continue;
    refuse(fault_cause::bad_value, line, "a feature has no usable name or no finite value, or comes twice");
    return false;
  }
  if (!add_copy(stream, 0, ts_ms, line)) return false;
  auto& kept = features_.emplace_back(std::make_unique<feature[]>(values.size()));
  std::copy(values.begin(), values.end(), kept.get());
  points_.back().values = {kept.get(), values.size()};
  return true;
}

void parsed::refuse(fault_cause cause, std::string_view line, const char* reason) {
  ++counts_[static_cast<std::size_t>(cause)];
  ++faults_in_all_;
  if (faults_.size() < faults_max) faults_.push_back({cause, line, reason, line_});
}

void parsed::clear() {
  points_.clear();
  faults_.clear();
  features_.clear();
  counts_.fill(0);
  skipped_ = line_ = faults_in_all_ = 0;
  asks_version_ = false;
  texts_.clear();
}

}  // namespace spindrift::formats
