// Reads verdicts with reply_reader; bands of features and events, which it passes over, in a second look at the line.
#include "visualizer/subscription/feed_reader.hpp"

#include <simdjson.h>

#include <array>
#include <cmath>

#include "common/protocol/inbox.hpp"
#include "common/protocol/limits.hpp"
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

}  // namespace

struct feed_reader::workspace {
  enum part : std::uint8_t { expected = 1, sigma = 2, z = 4 };

  reply_reader replies;
  od::parser parser;
  std::array<feature_band, limits::features_max> bands{};
  std::array<std::uint8_t, limits::features_max> found{};

  template <class Visit>
  bool visit_fields(std::string_view line, Visit visit);
  void take_bands(od::value value, part which, std::span<const feature> values);
  feed_item read_verdict(std::string_view line, const verdict& judged);
  feed_item read_event(std::string_view line);
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

void feed_reader::workspace::take_bands(od::value value, part which, std::span<const feature> values) {
  od::json_type type{};
  od::object object;
  if (value.type().get(type) != simdjson::SUCCESS || type != od::json_type::object) return;
  if (value.get_object().get(object) != simdjson::SUCCESS) return;
  std::size_t next = 0;
  for (auto field : object) {
    std::string_view name;
    double number = 0;
    if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(name) != simdjson::SUCCESS) return;
    if (field.value_unsafe().value().get_double().get(number) != simdjson::SUCCESS) continue;
    // Nearly always in the order of the values.
    std::size_t index = next;
    if (index >= values.size() || values[index].name != name) {
      for (index = 0; index < values.size() && values[index].name != name;) ++index;
    }
    if (index == values.size()) continue;
    next = index + 1;
    found[index] = static_cast<std::uint8_t>(found[index] | which);
    (which == expected ? bands[index].expected : which == sigma ? bands[index].sigma : bands[index].z) = number;
  }
}

feed_item feed_reader::workspace::read_verdict(std::string_view line, const verdict& judged) {
  judged_point read{judged, {}};
  const auto values = judged.subject.values;
  if (values.empty()) return read;
  found.fill(0);
  const bool is_object = visit_fields(line, [&](std::string_view key, od::value value) {
    if (key == "expected") take_bands(value, expected, values);
    if (key == "sigma") take_bands(value, sigma, values);
    if (key == "z") take_bands(value, z, values);
  });
  bool has_any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    bands[i].is_known = (found[i] & (expected | sigma)) == (expected | sigma);
    if (!(found[i] & z)) bands[i].z = 0;
    has_any = has_any || found[i] != 0;
    if (!bands[i].is_known || values[i].name != judged.feature) continue;
    read.judged.expected = bands[i].expected;
    read.judged.sigma = bands[i].sigma;
    read.judged.z = bands[i].z;
  }
  if (is_object && has_any) read.bands = {bands.data(), values.size()};
  return read;
}

feed_item feed_reader::workspace::read_event(std::string_view line) {
  stream_event told;
  const bool is_object =
      visit_fields(line, [&](std::string_view key, od::value value) { take_event_field(key, value, told); });
  if (!is_object || told.number == 0 || told.stream.empty() || told.kind.empty()) return {};
  return told;
}

feed_reader::feed_reader() : workspace_(std::make_unique<workspace>()) {}
feed_reader::~feed_reader() = default;

feed_item feed_reader::read(std::string_view line) {
  const reply said = workspace_->replies.read(line);
  if (const auto* const judged = std::get_if<verdict>(&said)) return workspace_->read_verdict(line, *judged);
  if (const auto* const gap = std::get_if<gap_reply>(&said)) return feed_gap{gap->missed};
  if (const auto* const wrong = std::get_if<error_reply>(&said))
    return feed_refusal{wrong->code + ": " + wrong->message};
  if (std::holds_alternative<subscribed_reply>(said)) return feed_began{};
  const auto* const other = std::get_if<other_reply>(&said);
  if (other != nullptr && other->type == "event") return workspace_->read_event(line);
  return {};
}

}  // namespace spindrift
