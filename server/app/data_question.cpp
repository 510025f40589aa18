// Reads the queries of requests for streams, events and the feed.
#include "server/app/data_question.hpp"

#include <algorithm>
#include <charconv>

#include "common/model/pattern.hpp"
#include "common/net/http_query.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/query_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

using complaint = std::optional<std::string>;

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), into);
  return !text.empty() && fault == std::errc() && end == text.data() + text.size();
}

complaint wrong(std::string_view name, std::string_view value, std::string_view allowed) {
  return std::string(name) + ": " + in_quotes(value) + "; allowed: " + std::string(allowed);
}

complaint read_names(std::string_view query, const std::vector<std::string_view>& known) {
  const std::string other = unknown_query_name(query, known);
  if (other.empty()) return std::nullopt;
  std::string all;
  for (const std::string_view name : known) all.append(all.empty() ? "" : ", ").append(name);
  return in_quotes(other) + " is not known here; known: " + all;
}

complaint read_streams(std::string_view query, std::vector<std::string>& into) {
  into = query_texts(query, "stream");
  if (into.empty()) into = {"*"};
  if (into.size() > limits::patterns_max) return "stream: more than " + std::to_string(limits::patterns_max) + " of it";
  for (const std::string& text : into) {
    if (!is_pattern(text))
      return wrong("stream", text, "a pattern as long as a stream's name may be, with 4 stars at most");
  }
  return std::nullopt;
}

complaint read_limit(std::string_view query, std::size_t& into) {
  const std::string text = query_text(query, "limit");
  if (text.empty()) return std::nullopt;
  if (!read_number(text, into) || into == 0 || into > limits::listing_max)
    return wrong("limit", text, "1 to " + std::to_string(limits::listing_max));
  return std::nullopt;
}

complaint read_time(std::string_view query, std::string_view name, std::int64_t& into) {
  const std::string text = query_text(query, name);
  if (text.empty() || read_number(text, into)) return std::nullopt;
  const auto meant = parse_rfc3339(text);
  if (!meant) return wrong(name, text, "milliseconds since 1970, or RFC 3339");
  into = *meant;
  return std::nullopt;
}

complaint read_kinds(std::string_view query, std::string_view name, std::vector<event_kind>& into) {
  for (const std::string& list : query_texts(query, name)) {
    for (std::string_view rest = list; !rest.empty();) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const auto kind = event_kind_named(rest.substr(0, end));
      if (!kind) return wrong(name, list, event_kinds_text());
      if (std::find(into.begin(), into.end(), *kind) == into.end()) into.push_back(*kind);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return std::nullopt;
}

complaint read_cursor(std::string_view query, event_page_question& asked) {
  const std::string text = query_text(query, "cursor");
  if (text.empty()) return std::nullopt;
  const std::size_t dot = text.find('.');
  const bool is_good = dot != std::string::npos && read_number(std::string_view(text).substr(0, dot), asked.of.until) &&
                       read_number(std::string_view(text).substr(dot + 1), asked.skipped) &&
                       asked.skipped <= event_page_question::skipped_max;
  return is_good ? std::nullopt : wrong("cursor", text, "what `next` of the page before said");
}

template <class Choice>
complaint read_choice(std::string_view query, std::string_view name,
                      const std::vector<std::pair<std::string_view, Choice>>& choices, Choice& into) {
  const std::string text = query_text(query, name);
  if (text.empty()) return std::nullopt;
  std::string all;
  for (const auto& [word, choice] : choices) {
    if (word == text) {
      into = choice;
      return std::nullopt;
    }
    all.append(all.empty() ? "" : ", ").append(word);
  }
  return wrong(name, text, all);
}

}  // namespace

complaint read_question(std::string_view query, streams_question& asked) {
  auto fault = read_names(query, {"stream", "limit", "after"});
  if (!fault) fault = read_streams(query, asked.streams);
  if (!fault) fault = read_limit(query, asked.limit);
  asked.after = query_text(query, "after");
  return fault;
}

complaint read_question(std::string_view query, event_page_question& asked) {
  history_command& of = asked.of;
  of.since = INT64_MIN;
  auto fault = read_names(query, {"stream", "since", "until", "from", "to", "kind", "kinds", "severity", "state",
                                  "held", "limit", "cursor", "shape"});
  if (!fault) fault = read_streams(query, of.streams);
  for (const std::string_view name : {"since", "from"}) {
    if (!fault) fault = read_time(query, name, of.since);
  }
  for (const std::string_view name : {"until", "to"}) {
    if (!fault) fault = read_time(query, name, of.until);
  }
  if (!fault) fault = read_cursor(query, asked);
  for (const std::string_view name : {"kind", "kinds"}) {
    if (!fault) fault = read_kinds(query, name, of.kinds);
  }
  const std::string severity = query_text(query, "severity");
  if (!fault && !severity.empty() && (!read_number(severity, of.severity) || of.severity < 1 || of.severity > 100))
    fault = wrong("severity", severity, "1 to 100");
  using state = std::optional<event_state>;
  if (!fault)
    fault =
        read_choice<state>(query, "state", {{"open", event_state::open}, {"closed", event_state::closed}}, of.state);
  if (!fault) fault = read_choice<std::optional<bool>>(query, "held", {{"true", true}, {"false", false}}, of.held);
  if (!fault) fault = read_limit(query, of.limit);
  if (!fault) {
    using shape = event_page_question::shape;
    fault = read_choice<shape>(query, "shape", {{"page", shape::page}, {"grafana", shape::annotations}}, asked.as);
  }
  return fault;
}

complaint read_question(std::string_view query, std::string_view last_event_id, feed_question& asked) {
  auto fault = read_names(query, {"stream", "only", "updates", "last_event_id"});
  if (!fault) fault = read_streams(query, asked.streams);
  using choice = subscribe_command::choice;
  if (!fault) {
    fault = read_choice<choice>(
        query, "only", {{"events", choice::events}, {"marked", choice::marked}, {"all", choice::all}}, asked.only);
  }
  if (!fault) fault = read_choice<bool>(query, "updates", {{"true", true}, {"false", false}}, asked.updates);
  const std::string last = last_event_id.empty() ? query_text(query, "last_event_id") : std::string(last_event_id);
  std::int64_t at = 0;
  if (!fault && !last.empty()) {
    if (!read_number(last, at)) return wrong("Last-Event-ID", last, "the id of an event of this feed");
    asked.resumes_at = at;
  }
  return fault;
}

}  // namespace spindrift
