// Reads the lines of a server.
#include "common/protocol/reply.hpp"

#include <array>
#include <type_traits>
#include <utility>

#include "common/model/limit.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/json_text.hpp"

namespace spindrift {

namespace od = simdjson::ondemand;

// Unlike decode this reads what our own server wrote: unknown keys are passed over unread, so that a newer server may
// say more, and a field of an unexpected type counts as absent.
struct reply_reader::workspace {
  od::parser parser;
  std::array<feature, model::features_max> features{};
  std::string key_scratch;  // for text with escapes, each as long-lived as the view that may look into it
  std::string text_scratch;
  std::string stream_scratch;
  std::string feature_scratch;
  std::string type;
  verdict seen;
  error_reply error;
  welcome_reply welcome;
  ack_reply ack;
  gap_reply gap;

  reply read(std::string_view line);
  bool read_field(std::string_view key, od::value value);
  bool read_verdict_field(std::string_view key, od::value value);
  bool read_text(od::value value, std::string& into);
  bool read_view(od::value value, std::string& unescaped, std::string_view& into);
  bool read_values(od::value value);
  bool read_drift(od::value value);
  reply finished() const;
};

namespace {

bool is_of_other_type(od::value value, od::json_type wanted) {
  od::json_type type{};
  return value.type().get(type) == simdjson::SUCCESS && type != wanted;
}

// A number or a truth value. False for a malformed one and for one beyond its type.
template <class Number>
bool read_number(od::value value, Number& into) {
  if (value.get(into) == simdjson::SUCCESS) return true;
  return is_of_other_type(value, std::is_same_v<Number, bool> ? od::json_type::boolean : od::json_type::number);
}

template <class Number>
bool read_optional(od::value value, std::optional<Number>& into) {
  Number number{};
  const auto code = value.get(number);
  if (code != simdjson::SUCCESS) return read_number(value, number);
  into = number;
  return true;
}

}  // namespace

reply_reader::reply_reader() : workspace_(std::make_unique<workspace>()) {}
reply_reader::~reply_reader() = default;
reply_reader::reply_reader(reply_reader&&) noexcept = default;
reply_reader& reply_reader::operator=(reply_reader&&) noexcept = default;

reply reply_reader::read(std::string_view line) {
  return workspace_->read(line);
}

reply reply_reader::workspace::read(std::string_view line) {
  type.clear();
  seen = verdict{};
  error = error_reply{};
  welcome = welcome_reply{};
  ack = ack_reply{};
  gap = gap_reply{};
  od::document document;
  od::object object;
  auto code = parser.iterate(line.data(), line.size(), line.size() + inbox::padding_bytes).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(object);
  if (code != simdjson::SUCCESS) return unreadable_reply{simdjson::error_message(code)};
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return unreadable_reply{simdjson::error_message(field.error())};
    std::string_view key;
    if (json_text::read_text(field.value_unsafe().key(), parser, key_scratch, key)) return unreadable_reply{"bad key"};
    if (!read_field(key, field.value_unsafe().value()))
      return unreadable_reply{"bad value of \"" + std::string(key) + '"'};
  }
  return finished();
}

bool reply_reader::workspace::read_text(od::value value, std::string& into) {
  std::string_view text;
  if (!read_view(value, text_scratch, text)) return false;
  into.assign(text);
  return true;
}

bool reply_reader::workspace::read_view(od::value value, std::string& unescaped, std::string_view& into) {
  od::raw_json_string raw;
  if (value.get_raw_json_string().get(raw) != simdjson::SUCCESS) return is_of_other_type(value, od::json_type::string);
  return !json_text::read_text(raw, parser, unescaped, into);
}

// Keys in the order of their frequency. A verdict comes with its type first, and nearly all lines are verdicts.
bool reply_reader::workspace::read_field(std::string_view key, od::value value) {
  if (key == "type") return read_text(value, type);
  if (type == "verdict") return read_verdict_field(key, value);
  if (type == "ack") {
    if (key == "seq") return read_number(value, ack.seq);
    return key != "frames" || read_number(value, ack.frames);
  }
  if (key == "code") return read_text(value, error.code);
  if (key == "message") return read_text(value, error.message);
  if (key == "frame") return read_number(value, error.frame);
  if (key == "seq") return read_number(value, error.seq);
  if (key == "missed") return read_number(value, gap.missed);
  if (key == "server") return read_text(value, welcome.server);
  if (key == "producer") return read_text(value, welcome.producer);
  if (key == "last_seq") return read_number(value, welcome.last_seq);
  if (key == "in_flight_max") return read_number(value, welcome.in_flight_max);
  if (key == "version") {
    std::int64_t version = 0;
    if (!read_number(value, version)) return false;
    welcome.version = static_cast<int>(version);
  }
  return true;
}

bool reply_reader::workspace::read_verdict_field(std::string_view key, od::value value) {
  bool flag = false;
  if (key == "stream") return read_view(value, stream_scratch, seen.subject.stream);
  if (key == "seq") return read_number(value, seen.subject.seq);
  if (key == "n") return read_number(value, seen.n);
  if (key == "ts") return read_optional(value, seen.subject.ts);
  if (key == "value") return read_number(value, seen.subject.value);
  if (key == "expected") return read_number(value, seen.expected);
  if (key == "sigma") return read_number(value, seen.sigma);
  if (key == "z") return read_number(value, seen.z);
  if (key == "anomaly") return read_number(value, seen.anomaly);
  if (key == "drift") {
    if (!read_number(value, flag)) return false;
    if (flag && !seen.drift) seen.drift.emplace();
    return true;
  }
  if (key == "adwin") return read_drift(value);
  if (key == "alarm") return read_number(value, seen.alarm);
  if (key == "score") return read_optional(value, seen.score);
  if (key == "label") return read_optional(value, seen.subject.label);
  if (key == "warmup") return read_number(value, seen.warmup);
  if (key == "dup") return read_number(value, seen.dup);
  if (key == "values") return read_values(value);
  if (key == "feature") return read_view(value, feature_scratch, seen.feature);
  if (key == "by") {
    std::string_view by;
    if (!read_view(value, text_scratch, by)) return false;
    for (std::size_t i = 0; i < point_detector_names.size(); ++i) {
      if (by.find(point_detector_names[i]) != std::string_view::npos) seen.by |= static_cast<std::uint8_t>(1U << i);
    }
  }
  return true;
}

bool reply_reader::workspace::read_values(od::value value) {
  od::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return is_of_other_type(value, od::json_type::object);
  std::size_t count = 0;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS || count == features.size()) return false;
    // Feature names need no escapes: one that has them did not come from our server.
    std::string unescaped;
    if (json_text::read_text(field.value_unsafe().key(), parser, unescaped, features[count].name)) return false;
    if (!unescaped.empty() || !read_number(field.value_unsafe().value(), features[count].value)) return false;
    ++count;
  }
  seen.subject.values = {features.data(), count};
  return true;
}

bool reply_reader::workspace::read_drift(od::value value) {
  od::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return is_of_other_type(value, od::json_type::object);
  adwin_cut cut;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return false;
    std::string_view key;
    if (json_text::read_text(field.value_unsafe().key(), parser, text_scratch, key)) return false;
    double number = 0;
    if (!read_number(field.value_unsafe().value(), number)) continue;
    if (key == "width") cut.width = number;
    if (key == "mean") cut.mean = number;
    if (key == "before") cut.before = number;
  }
  seen.drift = cut;
  return true;
}

reply reply_reader::workspace::finished() const {
  if (type == "verdict") return seen;
  if (type == "error") return error;
  if (type == "welcome") return welcome;
  if (type == "ack") return ack;
  if (type == "gap") return gap;
  if (type == "subscribed") return subscribed_reply{};
  if (type == "pong") return pong_reply{};
  if (type.empty()) return unreadable_reply{"no \"type\""};
  return other_reply{type};
}

}  // namespace spindrift
