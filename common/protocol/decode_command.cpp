// Reads commands, by way of a JSON document.
#include "common/protocol/decode_command.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "common/protocol/frame_limits.hpp"
#include "common/protocol/json_value.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/query_limits.hpp"
#include "common/protocol/time_text.hpp"

namespace spindrift {
namespace {

using nlohmann::json;

// Reads the fields of one command and keeps the first complaint.
bool is_pattern(const json& given) {
  return given.is_string() && spindrift::is_pattern(given.get_ref<const std::string&>());
}

class field_reader {
public:
  explicit field_reader(const json& object) : object_(object) {}

  std::string text(const char* key, std::string otherwise, std::size_t bytes_max) {
    const auto at = object_.find(key);
    if (at == object_.end()) return otherwise;
    if (!at->is_string() || at->get_ref<const std::string&>().size() > bytes_max) {
      complain(key, "a string of at most " + std::to_string(bytes_max) + " bytes");
      return otherwise;
    }
    return at->get<std::string>();
  }

  bool has(const char* key) const { return object_.contains(key); }

  bool flag(const char* key) {
    const auto at = object_.find(key);
    if (at == object_.end()) return false;
    if (!at->is_boolean()) complain(key, "true or false");
    return at->is_boolean() && at->get<bool>();
  }

  std::optional<bool> choice(const char* key) {
    return object_.contains(key) ? std::optional(flag(key)) : std::nullopt;
  }

  std::vector<std::string> patterns(const char* key) {
    const auto at = object_.find(key);
    if (at == object_.end()) return {"*"};
    if (is_pattern(*at)) return {at->get<std::string>()};
    if (!at->is_array() || at->empty() || at->size() > limits::patterns_max ||
        !std::all_of(at->begin(), at->end(), is_pattern)) {
      complain(key, "a list of 1 to " + std::to_string(limits::patterns_max) + " patterns, each a string of 1 to " +
                        std::to_string(limits::pattern_bytes_max) + " bytes with at most four \"*\"");
      return {"*"};
    }
    std::vector<std::string> found;
    for (const json& given : *at) found.push_back(given.get<std::string>());
    return found;
  }

  // One pattern, empty allowed: it takes nothing.
  std::string pattern(const char* key) {
    const auto at = object_.find(key);
    if (at == object_.end()) return "*";
    if (!at->is_string() || !(is_pattern(*at) || at->get_ref<const std::string&>().empty())) {
      complain(key,
               "a string of at most " + std::to_string(limits::pattern_bytes_max) + " bytes with at most four \"*\"");
      return "*";
    }
    return at->get<std::string>();
  }

  std::uint64_t count(const char* key) {
    const auto at = object_.find(key);
    if (at != object_.end() && at->is_number_unsigned() && *at >= 1) return at->get<std::uint64_t>();
    complain(key, "an integer of at least 1");
    return 0;
  }

  std::string stream(const char* key) {
    std::string name = text(key, std::string(limits::stream_default), limits::stream_bytes_max);
    if (!is_name(name, limits::stream_bytes_max)) complain(key, "the name of a stream");
    return name;
  }

  // True: the first, false: the second; it has to be there.
  bool choice_of(const char* key, std::string_view first, std::string_view second) {
    const std::string wanted = text(key, "", 16);
    if (wanted != first && wanted != second) {
      complain(key, '"' + std::string(first) + "\" or \"" + std::string(second) + '"');
    }
    return wanted == first;
  }

  std::size_t limit(const char* key, std::size_t otherwise) {
    const auto at = object_.find(key);
    if (at == object_.end()) return otherwise;
    if (!at->is_number_integer() ||
        (at->is_number_unsigned() ? at->get<std::uint64_t>() == 0 : at->get<std::int64_t>() <= 0)) {
      complain(key, "an integer of at least 1");
      return otherwise;
    }
    return static_cast<std::size_t>(std::min<std::uint64_t>(at->get<std::uint64_t>(), limits::listing_max));
  }

  std::int64_t time(const char* key, std::int64_t otherwise) {
    const auto at = object_.find(key);
    if (at == object_.end()) return otherwise;
    if (at->is_string()) {
      if (const auto ts = parse_rfc3339(at->get_ref<const std::string&>())) return *ts;
    } else if (at->is_number_integer() && !(at->is_number_unsigned() && at->get<std::uint64_t>() > limits::seq_max)) {
      return at->get<std::int64_t>();
    }
    complain(key, "an integer (milliseconds since 1970) or an RFC 3339 string");
    return otherwise;
  }

  // A kind's name, or a list of them.
  std::vector<event_kind> kinds(const char* key) {
    const auto at = object_.find(key);
    if (at == object_.end()) return {};
    std::vector<event_kind> found;
    for (const json& name : at->is_array() ? *at : json::array({*at})) {
      const auto kind = name.is_string() ? event_kind_named(name.get_ref<const std::string&>()) : std::nullopt;
      if (kind) found.push_back(*kind);
      if (!kind || found.size() > event_kind_count) {
        complain(key, "a list of kinds of event: " + event_kinds_text());
        return {};
      }
    }
    return found;
  }

  // 0: it is not there.
  int number_from(const char* key, int least, int most) {
    const auto at = object_.find(key);
    if (at == object_.end()) return 0;
    if (at->is_number_integer() && *at >= least && *at <= most) return at->get<int>();
    complain(key, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return 0;
  }

  std::optional<reply_choice> replies(const char* key) {
    const auto at = object_.find(key);
    if (at == object_.end()) return std::nullopt;
    const auto named = at->is_string() ? reply_choice_named(at->get_ref<const std::string&>()) : std::nullopt;
    if (!named) complain(key, R"("all", "marked" or "errors")");
    return named;
  }

  std::optional<event_state> state(const char* key) {
    const std::string wanted = text(key, "", 16);
    if (wanted == "open") return event_state::open;
    if (wanted == "closed") return event_state::closed;
    if (object_.contains(key)) complain(key, "\"open\" or \"closed\"");
    return std::nullopt;
  }

  void complain(std::string_view key, const std::string& allowed) {
    if (!complaint_.empty()) return;
    complaint_ = '"' + std::string(key) + "\" is not " + allowed;
  }
  const std::string& complaint() const { return complaint_; }

private:
  const json& object_;
  std::string complaint_;
};

std::optional<command> command_named(std::string_view op, field_reader& fields) {
  if (op == "hello") {
    hello_command hello{fields.text("producer", "", limits::producer_bytes_max),
                        fields.text("token", "", limits::token_bytes_max), fields.flag("reset"),
                        fields.replies("replies")};
    // An empty one, too: who sends it has lost its name on the way and would wrongly count on exactly once.
    if (fields.has("producer") && !is_plain_name(hello.producer, limits::producer_bytes_max)) {
      fields.complain("producer", "of the form " + std::string(plain_name_rule) + ", 1 to " +
                                      std::to_string(limits::producer_bytes_max) + " bytes");
    }
    if (hello.reset && hello.producer.empty()) fields.complain("reset", "for a hello without a producer");
    return hello;
  }
  if (op == "subscribe") {
    using choice = subscribe_command::choice;
    subscribe_command subscribe{fields.patterns("streams"), choice::all, fields.flag("updates"),
                                fields.number_from("every_ms", limits::every_ms_min, limits::every_ms_max)};
    const std::string only = fields.text("only", "all", 16);
    if (only == "marked") {
      subscribe.only = choice::marked;
    } else if (only == "events") {
      subscribe.only = choice::events;
    } else if (only != "all") {
      fields.complain("only", R"("all", "marked" or "events")");
    }
    if (subscribe.every_ms > 0 && subscribe.only != choice::all) {
      fields.complain("every_ms", "for \"only\":\"" + only + "\": aggregates are made of all verdicts");
    }
    return subscribe;
  }
  if (op == "unsubscribe") return unsubscribe_command{};
  if (op == "ping") return ping_command{};
  if (op == "stats") return stats_command{};
  if (op == "streams") return streams_command{fields.pattern("match"), fields.limit("limit", 100)};
  if (op == "recent") return recent_command{fields.stream("stream"), fields.limit("points", limits::recent_max)};
  if (op == "history")
    return history_command{fields.patterns("streams"), fields.time("since", 0),
                           fields.limit("limit", 100), fields.time("until", INT64_MAX),
                           fields.kinds("kinds"),      fields.number_from("severity", 1, 100),
                           fields.state("state"),      fields.choice("held")};
  if (op == "explain") return explain_command{fields.stream("stream"), fields.count("event")};
  if (op == "mark") {
    return mark_command{fields.stream("stream"), fields.count("event"), fields.choice_of("as", "expected", "real")};
  }
  if (op == "learn") return learn_command{fields.choice("on").value_or(true)};
  return std::nullopt;
}

}  // namespace

frame decode_command(std::string_view bytes) {
  const json object = read_json(bytes);
  if (!object.is_object()) return protocol_error{error_code::bad_json, "not valid JSON"};
  const auto op = object.find("op");
  if (op == object.end() || !op->is_string()) return protocol_error{error_code::bad_frame, "\"op\" is not a string"};
  field_reader fields(object);
  auto named = command_named(op->get_ref<const std::string&>(), fields);
  if (!named) {
    return protocol_error{
        error_code::unknown_op,
        "\"op\" is none of hello, subscribe, unsubscribe, ping, stats, streams, recent, history, explain, mark, "
        "learn"};
  }
  if (!fields.complaint().empty()) return protocol_error{error_code::bad_frame, fields.complaint()};
  return command_frame{{}, std::move(*named)};
}

}  // namespace spindrift
