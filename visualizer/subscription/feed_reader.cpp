// Reads verdicts with reply_reader; bands of features, events and aggregates, which it passes over, in a look of its
// own.
#include "visualizer/subscription/feed_reader.hpp"

#include <simdjson.h>

#include <array>
#include <limits>

#include "common/model/limit.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/reply.hpp"
#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

namespace od = simdjson::ondemand;

// Whole characters of it.
std::string cut_text(std::string_view text, std::size_t bytes_max) {
  std::size_t kept = 0;
  while (kept < text.size()) {
    const std::size_t length = utf8_length(text.substr(kept));
    const std::size_t taken = length == 0 ? 1 : length;
    if (kept + taken > bytes_max) break;
    kept += taken;
  }
  return std::string(text.substr(0, kept));
}

// A field of another type counts as absent: a newer server may say more than we understand.
void take(od::value value, std::string& into, std::size_t bytes_max) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) into = cut_text(text, bytes_max);
}

template <class Number>
bool take(od::value value, Number& into) {
  Number number{};
  if (value.get(number) != simdjson::SUCCESS) return false;
  into = number;
  return true;
}

template <class Number>
void take(od::value value, std::optional<Number>& into) {
  Number number{};
  if (take(value, number)) into = number;
}

void take_event_field(std::string_view key, od::value value, stream_event& told) {
  std::uint64_t severity = 0;
  if (key == "event") take(value, told.number);
  if (key == "stream") take(value, told.stream, stream_event::text_bytes_max);
  if (key == "feature") take(value, told.feature, stream_event::text_bytes_max);
  if (key == "kind") take(value, told.kind, stream_event::word_bytes_max);
  if (key == "direction") take(value, told.direction, stream_event::word_bytes_max);
  if (key == "state") take(value, told.state, stream_event::word_bytes_max);
  if (key == "text") take(value, told.text, stream_event::text_bytes_max);
  if (key == "severity" && take(value, severity))
    told.severity = severity > 100 ? 100 : static_cast<unsigned>(severity);
  if (key == "told_n") take(value, told.told_n);
  if (key == "told") take(value, told.told);
  if (key == "from_n") take(value, told.from_n);
  if (key == "from") take(value, told.from);
  if (key == "to_n") take(value, told.to_n);
  if (key == "to") take(value, told.to);
}

// How the server begins one: known without a parser, since there are many.
constexpr std::string_view aggregate_start = R"({"type":"aggregate")";

bool is_object(od::value value) {
  od::json_type type{};
  return value.type().get(type) == simdjson::SUCCESS && type == od::json_type::object;
}

// The end of a value's extent that this is.
enum class bound : std::uint8_t { low, high };

}  // namespace

struct feed_reader::workspace {
  enum part : std::uint8_t { expected = 1, sigma = 2, z = 4 };

  reply_reader replies;
  od::parser parser;
  verdict judged;  // what a judged_point looks at
  std::array<feature_band, model::features_max> bands{};
  std::array<std::uint8_t, model::features_max> found{};
  std::array<feature, model::features_max> values{};
  std::array<value_extent, model::features_max> extents{};

  template <class Visit>
  bool visit_fields(std::string_view line, Visit visit);
  void take_bands(od::value value, part which, std::span<const feature> named);
  feed_item read_verdict(std::string_view line);
  feed_item read_event(std::string_view line);

  // The parts of an aggregate: a number, or an object with one for each feature.
  std::size_t take_last(od::value value, verdict& into);
  void take_bounds(od::value value, bound which, std::span<const feature> named);
  void take_band_of(od::value value, verdict& into);
  void take_aggregate_field(std::string_view key, od::value value, judged_point& into);
  feed_item read_aggregate(std::string_view line);
};

// False where the line is no object.
template <class Visit>
bool feed_reader::workspace::visit_fields(std::string_view line, Visit visit) {
  od::document document;
  od::object object;
  if (parser.iterate(line.data(), line.size(), line.size() + inbox::padding_bytes).get(document) != simdjson::SUCCESS)
    return false;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto field : object) {
    std::string_view key;
    if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    visit(key, field.value_unsafe().value());
  }
  return true;
}

void feed_reader::workspace::take_bands(od::value value, part which, std::span<const feature> named) {
  od::object object;
  if (!is_object(value) || value.get_object().get(object) != simdjson::SUCCESS) return;
  std::size_t next = 0;
  for (auto field : object) {
    std::string_view name;
    double number = 0;
    if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(name) != simdjson::SUCCESS) return;
    if (field.value_unsafe().value().get_double().get(number) != simdjson::SUCCESS) continue;
    // Nearly always in the order of the values.
    std::size_t index = next;
    if (index >= named.size() || named[index].name != name) {
      for (index = 0; index < named.size() && named[index].name != name;) ++index;
    }
    if (index == named.size()) continue;
    next = index + 1;
    found[index] = static_cast<std::uint8_t>(found[index] | which);
    (which == expected ? bands[index].expected : which == sigma ? bands[index].sigma : bands[index].z) = number;
  }
}

// `judged` is what the line says of the point as a whole.
feed_item feed_reader::workspace::read_verdict(std::string_view line) {
  judged_point read{&judged};
  const auto named = judged.subject.values;
  if (named.empty()) return read;
  found.fill(0);
  const bool is_whole = visit_fields(line, [&](std::string_view key, od::value value) {
    if (key == "expected") take_bands(value, expected, named);
    if (key == "sigma") take_bands(value, sigma, named);
    if (key == "z") take_bands(value, z, named);
  });
  bool has_any = false;
  for (std::size_t i = 0; i < named.size(); ++i) {
    bands[i].is_known = (found[i] & (expected | sigma)) == (expected | sigma);
    if (!(found[i] & z)) bands[i].z = 0;
    has_any = has_any || found[i] != 0;
    if (!bands[i].is_known || named[i].name != judged.feature) continue;
    judged.expected = bands[i].expected;
    judged.sigma = bands[i].sigma;
    judged.z = bands[i].z;
  }
  if (is_whole && has_any) read.bands = {bands.data(), named.size()};
  return read;
}

feed_item feed_reader::workspace::read_event(std::string_view line) {
  stream_event told;
  const bool is_whole =
      visit_fields(line, [&](std::string_view key, od::value value) { take_event_field(key, value, told); });
  if (!is_whole || told.number == 0 || told.stream.empty() || told.kind.empty()) return {};
  return told;
}

std::size_t feed_reader::workspace::take_last(od::value value, verdict& into) {
  od::object object;
  if (!is_object(value)) {
    if (take(value, into.subject.value)) extents[0] = {into.subject.value, into.subject.value};
    return 1;
  }
  std::size_t count = 0;
  if (value.get_object().get(object) != simdjson::SUCCESS) return 0;
  for (auto field : object) {
    feature& next = values[count];
    if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(next.name) != simdjson::SUCCESS) break;
    if (!take(field.value_unsafe().value(), next.value)) continue;
    extents[count] = {next.value, next.value};
    if (++count == values.size()) break;
  }
  into.subject.values = {values.data(), count};
  return count;
}

void feed_reader::workspace::take_bounds(od::value value, bound which, std::span<const feature> named) {
  const auto set = [&](std::size_t at, double to) { (which == bound::low ? extents[at].low : extents[at].high) = to; };
  od::object object;
  double number = 0;
  if (!is_object(value)) {
    if (take(value, number)) set(0, number);
    return;
  }
  if (value.get_object().get(object) != simdjson::SUCCESS) return;
  for (auto field : object) {
    std::string_view name;
    if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(name) != simdjson::SUCCESS) return;
    if (!take(field.value_unsafe().value(), number)) continue;
    for (std::size_t at = 0; at < named.size(); ++at) {
      if (named[at].name == name) set(at, number);
    }
  }
}

void feed_reader::workspace::take_band_of(od::value value, verdict& into) {
  od::object object;
  if (!is_object(value) || value.get_object().get(object) != simdjson::SUCCESS) return;
  for (auto field : object) {
    std::string_view key;
    if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(key) != simdjson::SUCCESS) return;
    const auto of = field.value_unsafe().value();
    if (key == "expected") {
      if (into.subject.is_multivariate()) {
        take_bands(of, expected, into.subject.values);
      } else if (take(of, into.expected)) {
        found[0] = static_cast<std::uint8_t>(found[0] | expected);
      }
    }
    if (key == "sigma") {
      if (into.subject.is_multivariate()) {
        take_bands(of, sigma, into.subject.values);
      } else if (take(of, into.sigma)) {
        found[0] = static_cast<std::uint8_t>(found[0] | sigma);
      }
    }
  }
}

void feed_reader::workspace::take_aggregate_field(std::string_view key, od::value value, judged_point& into) {
  bool is_drift = false;
  if (key == "stream") take(value, judged.subject.stream);
  if (key == "n") take(value, judged.n);
  if (key == "ts") take(value, judged.subject.ts);
  if (key == "count") take(value, into.count);
  if (key == "last") into.extents = {extents.data(), take_last(value, judged)};
  if (key == "min") take_bounds(value, bound::low, judged.subject.values);
  if (key == "max") take_bounds(value, bound::high, judged.subject.values);
  if (key == "band") take_band_of(value, judged);
  if (key == "anomaly") take(value, judged.anomaly);
  if (key == "alarm") take(value, judged.alarm);
  if (key == "warmup") take(value, judged.warmup);
  if (key == "event") take(value, judged.event);
  if (key == "drift" && take(value, is_drift) && is_drift) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    judged.drift = adwin_cut{unknown, unknown, unknown};
  }
}

feed_item feed_reader::workspace::read_aggregate(std::string_view line) {
  judged = verdict{};
  judged_point read{&judged};
  found.fill(0);
  const bool is_whole =
      visit_fields(line, [&](std::string_view key, od::value value) { take_aggregate_field(key, value, read); });
  if (!is_whole || judged.subject.stream.empty() || read.extents.empty() || read.count == 0) return {};
  constexpr auto whole = static_cast<std::uint8_t>(expected | sigma);
  if (!judged.subject.is_multivariate()) {
    if ((found[0] & whole) != whole) judged.sigma = std::numeric_limits<double>::quiet_NaN();
    return read;
  }
  for (std::size_t i = 0; i < judged.subject.values.size(); ++i) {
    bands[i].is_known = (found[i] & whole) == whole;
    bands[i].z = 0;
  }
  read.bands = {bands.data(), judged.subject.values.size()};
  return read;
}

std::int64_t judged_point::ts() const {
  return judged->subject.ts.value_or(0);
}

feed_reader::feed_reader() : workspace_(std::make_unique<workspace>()) {}
feed_reader::~feed_reader() = default;

feed_item feed_reader::read(std::string_view line) {
  if (line.starts_with(aggregate_start)) return workspace_->read_aggregate(line);
  const reply said = workspace_->replies.read(line);
  if (const auto* const judged = std::get_if<verdict>(&said)) {
    workspace_->judged = *judged;
    return workspace_->read_verdict(line);
  }
  if (const auto* const gap = std::get_if<gap_reply>(&said)) return feed_gap{gap->missed};
  if (const auto* const wrong = std::get_if<error_reply>(&said))
    return feed_refusal{wrong->code + ": " + wrong->message};
  if (std::holds_alternative<subscribed_reply>(said)) return feed_began{};
  const auto* const other = std::get_if<other_reply>(&said);
  if (other != nullptr && other->type == "event") return workspace_->read_event(line);
  if (other != nullptr && other->type == "aggregate") return workspace_->read_aggregate(line);
  return {};
}

}  // namespace spindrift
