// Reads published verdict lines into aggregates, and writes these.
#include "server/feed/aggregate_table.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "common/protocol/encode.hpp"

namespace spindrift {
namespace {

// What stands behind the key, up to the end of the number or of the object; empty: the line has no such key. Names are
// of an alphabet without quotes and braces, so no name looks like a key.
std::string_view value_of(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + key.size());
  if (rest.front() == '{') return rest.substr(0, rest.find('}') + 1);
  return rest.substr(0, rest.find_first_of(",}"));
}

bool is_true(std::string_view line, std::string_view key) {
  return value_of(line, key) == "true";
}

double number_of(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

bool aggregate_table::add(const published_line& line, std::string_view text, std::string_view stream,
                          std::size_t bytes_max) {
  auto found = entries_.find(line.stream_hash);
  const bool is_new = found == entries_.end();
  if (is_new) {
    if (bytes_ >= bytes_max) return false;
    found = entries_.try_emplace(line.stream_hash).first;
    found->second.stream = stream;
    order_.push_back(line.stream_hash);
  } else if (found->second.stream != stream) {
    return false;
  }
  entry& into = found->second;
  ++into.count;
  const std::size_t bytes_before = is_new ? 0 : bytes_of(into);
  const std::string_view body = text.substr(line.stream_begin - line.begin + line.stream_length);
  const std::size_t n_at = body.find(",\"n\":");
  const std::size_t ts_at = body.find(",\"ts\":");
  if (n_at != std::string_view::npos && ts_at != std::string_view::npos) {
    into.numbering = body.substr(n_at, body.find(',', ts_at + 1) - n_at);
  }
  // A counter is judged by its rate.
  if (const std::string_view rate = value_of(body, ",\"rate\":"); !rate.empty()) {
    take_value(into, 0, {}, number_of(rate));
  } else if (const std::string_view value = value_of(body, ",\"value\":"); !value.empty()) {
    take_value(into, 0, {}, number_of(value));
  } else {
    take_values(into, value_of(body, ",\"values\":"));
  }
  into.expected = value_of(body, ",\"expected\":");
  into.sigma = value_of(body, ",\"sigma\":");
  into.anomaly = into.anomaly || is_true(body, ",\"anomaly\":");
  into.drift = into.drift || is_true(body, ",\"drift\":");
  into.alarm = into.alarm || is_true(body, ",\"alarm\":");
  into.warmup = is_true(body, ",\"warmup\":");
  if (const std::size_t event_at = body.find(",\"event\":"); event_at != std::string_view::npos) {
    const std::size_t kind_end = body.find('"', body.find(",\"kind\":\"", event_at) + 9);
    into.event = body.substr(event_at, kind_end + 1 - event_at);
  }
  bytes_ += bytes_of(into) - bytes_before;
  return true;
}

void aggregate_table::take_value(entry& into, std::size_t at, std::string_view name, double value) {
  if (at >= into.values.size() || into.values[at].name != name) {
    const auto found = std::find_if(into.values.begin(), into.values.end(),
                                    [name](const extent& known) { return known.name == name; });
    at = static_cast<std::size_t>(found - into.values.begin());
    if (found == into.values.end()) into.values.push_back({std::string(name), value, value, value});
  }
  extent& known = into.values[at];
  known.last = value;
  known.min = std::min(known.min, value);
  known.max = std::max(known.max, value);
}

// {"name":number,"name":number}
void aggregate_table::take_values(entry& into, std::string_view text) {
  for (std::size_t i = 0;; ++i) {
    const std::size_t begin = text.find('"');
    const std::size_t end = text.find("\":", begin + 1);
    if (begin == std::string_view::npos || end == std::string_view::npos) return;
    const std::string_view name = text.substr(begin + 1, end - begin - 1);
    text.remove_prefix(end + 2);
    take_value(into, i, name, number_of(text.substr(0, text.find_first_of(",}"))));
  }
}

std::size_t aggregate_table::bytes_of(const entry& from) {
  std::size_t bytes = sizeof(entry) + 64 + from.stream.size() + from.expected.size() + from.sigma.size() +
                      from.numbering.size() + from.event.size();
  for (const extent& value : from.values) bytes += sizeof(extent) + value.name.size();
  return bytes;
}

std::size_t aggregate_table::put_into(outbox& box, std::size_t lines_max) {
  std::size_t lines = 0;
  while (!order_.empty() && lines < lines_max && box.bytes() < box.bytes_max() / 2) {
    auto piece = std::make_shared<std::string>();
    std::size_t in_piece = 0;
    while (!order_.empty() && lines + in_piece < lines_max && piece->size() < piece_bytes) {
      const auto found = entries_.find(order_.front());
      append(found->second, *piece);
      bytes_ -= bytes_of(found->second);
      entries_.erase(found);
      order_.pop_front();
      ++in_piece;
    }
    lines += in_piece;
    box.put({*piece, piece, in_piece});
  }
  return lines;
}

void aggregate_table::append(const entry& from, std::string& out) {
  out += R"({"type":"aggregate","stream":)";
  append_json_string(from.stream, out);
  out += from.numbering;
  out += ",\"count\":";
  append_number(from.count, out);
  const auto append_numbers = [&](std::string_view key, double extent::*number) {
    out += key;
    const bool is_one = from.values.size() == 1 && from.values.front().name.empty();
    if (!is_one) out += '{';
    for (std::size_t i = 0; i < from.values.size(); ++i) {
      if (i > 0) out += ',';
      if (!is_one) {
        append_json_string(from.values[i].name, out);
        out += ':';
      }
      append_number(from.values[i].*number, out);
    }
    if (!is_one) out += '}';
  };
  append_numbers(",\"last\":", &extent::last);
  append_numbers(",\"min\":", &extent::min);
  append_numbers(",\"max\":", &extent::max);
  out += ",\"band\":{\"expected\":" + from.expected + ",\"sigma\":" + from.sigma + '}';
  out += from.anomaly ? ",\"anomaly\":true" : ",\"anomaly\":false";
  out += from.drift ? ",\"drift\":true" : ",\"drift\":false";
  out += from.alarm ? ",\"alarm\":true" : ",\"alarm\":false";
  if (from.warmup) out += ",\"warmup\":true";
  out += from.event;
  out += "}\n";
}

}  // namespace spindrift
