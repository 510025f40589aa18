// Puts lines together, each in a window that is known to be large enough.
#include "common/protocol/encode.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>

#include "common/model/event.hpp"
#include "common/model/point.hpp"
#include "common/model/verdict.hpp"
#include "common/protocol/double_text.hpp"
#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

// Writes into a window: one growth check a line instead of one a field. It must be large enough for everything put into
// it, which is asserted; text of unbounded length goes through append_json_string. Nearly all lines fit into one of
// their own, and are copied to the end of the string as they are: a string that grows is filled with zeros first.
class line_writer {
public:
  line_writer(std::string& out, std::size_t bytes_max) : out_(out), is_own_(bytes_max <= sizeof own_) {
    if (!is_own_) {
      out_.resize(out_.size() + bytes_max);
      at_ = out_.data() + out_.size() - bytes_max;
    }
    end_ = at_ + bytes_max;
  }
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;
  ~line_writer() {
    if (is_own_) {
      out_.append(own_, static_cast<std::size_t>(at_ - own_));
    } else {
      out_.resize(static_cast<std::size_t>(at_ - out_.data()));
    }
  }

  void text(std::string_view literal) {
    assert(has_room_for(literal.size()));
    std::memcpy(at_, literal.data(), literal.size());
    at_ += literal.size();
  }
  void number(double value) {
    if (!std::isfinite(value)) return text("null");
    assert(has_room_for(double_bytes_max));
    at_ = write_double(at_, value);
  }
  // Derived numbers: six significant digits.
  void derived(double value) {
    if (!std::isfinite(value)) return text("null");
    assert(has_room_for(double_bytes_max));
    at_ = write_six_digits(at_, value);
  }
  void number(std::uint64_t value) {
    assert(has_room_for(integer_bytes_max));
    at_ = write_integer(at_, value);
  }
  void number(std::int64_t value) {
    assert(has_room_for(integer_bytes_max));  // -9223372036854775808, too
    *at_ = '-';
    at_ = write_integer(at_ + (value < 0 ? 1 : 0),
                        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
  }
  // Eight bytes in any case: no branch, and the next text is written over what is too many.
  void boolean(bool value) {
    assert(has_room_for(8));
    std::memcpy(at_, value ? "true    " : "false   ", 8);
    at_ += value ? 4 : 5;
  }

private:
  bool has_room_for(std::size_t bytes) const { return static_cast<std::size_t>(end_ - at_) >= bytes; }

  std::string& out_;
  bool is_own_;
  char* at_ = own_;
  char* end_;
  char own_[1'024];
};

// The windows: a line with everything that its kind can have, its numbers, names and features left out, and the room
// that these take. Whoever adds a field adds it here.
constexpr std::string_view fullest_point = R"({"stream":"","seq":,"ts":,"value":,"values":{},"label":false})"
                                           "\n";
constexpr std::size_t point_bytes_fixed = fullest_point.size() + double_bytes_max + 2 * integer_bytes_max;
constexpr std::string_view fullest_verdict =
    R"({"type":"verdict","stream":"","seq":,"n":,"ts":,"value":,"values":{},"rate":,"expected":{},"sigma":{},)"
    R"("z":{},"feature":"",)"
    R"("anomaly":false,"by":"","drift":false,"adwin":{"width":,"mean":,"before":},"alarm":false,"score":,)"
    R"("label":false,"warmup":true,"dup":true,"late":true,"learned":true,)"
    R"("event":,"kind":"","warning":"ts is taken as microseconds"})"
    "\n";
constexpr std::size_t by_bytes_max = [] {
  std::size_t bytes = 0;
  for (const std::string_view name : point_detector_names) bytes += name.size() + 1;
  return bytes;
}();
constexpr std::size_t event_kind_bytes_max = [] {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < event_kind_count; ++i)
    bytes = std::max(bytes, name_of(static_cast<event_kind>(i)).size());
  return bytes;
}();
constexpr std::size_t verdict_bytes_fixed =
    fullest_verdict.size() + by_bytes_max + event_kind_bytes_max + 9 * double_bytes_max + 4 * integer_bytes_max;
constexpr std::size_t feature_bytes_fixed = std::string_view(",\"\":").size() + double_bytes_max;
static_assert(double_bytes_max >= std::string_view("-2.2250738585072014e-308").size());

std::size_t values_bytes_max(const point& measured) {
  std::size_t bytes = 0;
  for (const feature& value : measured.values) bytes += feature_bytes_fixed + value.name.size();
  return bytes;
}

void put_numbers(const point& measured, line_writer& line) {
  if (!measured.is_multivariate()) {
    line.text(",\"value\":");
    line.number(measured.value);
    return;
  }
  line.text(",\"values\":{");
  bool is_first = true;
  for (const feature& value : measured.values) {
    line.text(is_first ? "\"" : ",\"");
    is_first = false;
    line.text(value.name);
    line.text("\":");
    line.number(value.value);
  }
  line.text("}");
}

// One number of each value of a point, under the name that it has in `values`.
void put_by_feature(std::string_view key, const verdict& judged, double feature_verdict::*number, line_writer& line) {
  line.text(key);
  const std::span<const feature> values = judged.subject.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    line.text(i == 0 ? "{\"" : ",\"");
    line.text(values[i].name);
    line.text("\":");
    line.derived(judged.by_feature[i].*number);
  }
  line.text("}");
}

void put_baseline(const verdict& judged, line_writer& line) {
  if (!judged.by_feature.empty()) {
    assert(judged.by_feature.size() == judged.subject.values.size());
    put_by_feature(",\"expected\":", judged, &feature_verdict::expected, line);
    put_by_feature(",\"sigma\":", judged, &feature_verdict::sigma, line);
    put_by_feature(",\"z\":", judged, &feature_verdict::z, line);
    return;
  }
  line.text(",\"expected\":");
  line.derived(judged.expected);
  line.text(",\"sigma\":");
  line.derived(judged.sigma);
  line.text(",\"z\":");
  line.derived(judged.z);
}

// "zscore,iforest"
void put_detectors(unsigned by, line_writer& line) {
  assert(by >> point_detector_names.size() == 0);  // a detector without a name
  bool is_first = true;
  for (std::size_t i = 0; i < point_detector_names.size(); ++i) {
    if ((by >> i & 1U) == 0) continue;
    if (!is_first) line.text(",");
    is_first = false;
    line.text(point_detector_names[i]);
  }
}

void put_flags(const verdict& judged, line_writer& line) {
  line.text(",\"anomaly\":");
  line.boolean(judged.anomaly);
  if (judged.anomaly) {
    line.text(",\"by\":\"");
    put_detectors(judged.by, line);
    line.text("\"");
  }
  line.text(",\"drift\":");
  line.boolean(judged.drift.has_value());
  if (judged.drift) {
    line.text(",\"adwin\":{\"width\":");
    line.derived(judged.drift->width);
    line.text(",\"mean\":");
    line.derived(judged.drift->mean);
    line.text(",\"before\":");
    line.derived(judged.drift->before);
    line.text("}");
  }
  if (judged.score) {
    line.text(",\"alarm\":");
    line.boolean(judged.alarm);
    line.text(",\"score\":");
    line.derived(*judged.score);
  }
  if (judged.subject.label) {
    line.text(",\"label\":");
    line.boolean(*judged.subject.label);
  }
  if (judged.warmup) line.text(",\"warmup\":true");
  if (judged.dup) line.text(",\"dup\":true");
  if (judged.late) line.text(",\"late\":true");
  if (judged.subject.is_learned) line.text(",\"learned\":true");
  if (judged.event != 0) {
    line.text(",\"event\":");
    line.number(judged.event);
    line.text(",\"kind\":\"");
    line.text(name_of(judged.kind));
    line.text("\"");
  }
  if (judged.unit != time_unit::none) {
    line.text(",\"warning\":\"ts is taken as ");
    line.text(name_of(judged.unit));
    line.text("\"");
  }
}

}  // namespace

// Names of points are of the name alphabet (the decoder and the simulator see to it), which needs no escaping.
void encode(const point& measured, std::string& out) {
  line_writer line(out, point_bytes_fixed + measured.stream.size() + values_bytes_max(measured));
  line.text("{\"stream\":\"");
  line.text(measured.stream);
  line.text("\"");
  if (measured.seq != 0) {
    line.text(",\"seq\":");
    line.number(measured.seq);
  }
  if (measured.ts) {
    line.text(",\"ts\":");
    line.number(*measured.ts);
  }
  put_numbers(measured, line);
  if (measured.label) {
    line.text(",\"label\":");
    line.boolean(*measured.label);
  }
  line.text("}\n");
}

std::size_t line_bytes_max(const verdict& judged) {
  const point& subject = judged.subject;
  const std::size_t lists = judged.by_feature.empty() ? 1 : 4;
  return verdict_bytes_fixed + subject.stream.size() + judged.feature.size() + lists * values_bytes_max(subject);
}

void encode(const verdict& judged, std::string& out) {
  line_writer line(out, line_bytes_max(judged));
  line.text("{\"type\":\"verdict\",\"stream\":\"");
  line.text(judged.subject.stream);
  line.text("\"");
  if (judged.subject.seq != 0) {
    line.text(",\"seq\":");
    line.number(judged.subject.seq);
  }
  line.text(",\"n\":");
  line.number(judged.n);
  line.text(",\"ts\":");
  line.number(judged.subject.ts.value_or(0));
  put_numbers(judged.subject, line);
  if (judged.rate) {
    line.text(",\"rate\":");
    line.number(*judged.rate);
  }
  put_baseline(judged, line);
  if (!judged.feature.empty()) {
    line.text(",\"feature\":\"");
    line.text(judged.feature);
    line.text("\"");
  }
  put_flags(judged, line);
  line.text("}\n");
}

void encode(const protocol_error& error, std::uint64_t frame_number, std::string& out) {
  out += R"({"type":"error","code":")";
  out += name_of(error.code);
  out += R"(","message":)";
  append_json_string(error.message, out);
  if (frame_number != 0) {
    out += ",\"frame\":";
    append_number(frame_number, out);
  }
  if (error.seq != 0) {
    out += ",\"seq\":";
    append_number(error.seq, out);
  }
  if (!error.id.empty()) {
    out += ",\"id\":";
    out += error.id;
  }
  out += "}\n";
}

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    std::size_t taken = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += hex[c >> 4U];
      out += hex[c & 15U];
    } else if (c < 0x80) {
      out += text.front();
    } else if (const std::size_t length = utf8_length(text); length > 0) {
      out += text.substr(0, length);
      taken = length;
    } else {
      out += "\xef\xbf\xbd";  // U+FFFD, the replacement character
    }
    text.remove_prefix(taken);
  }
  out += '"';
}

void append_number(double number, std::string& out) {
  line_writer(out, double_bytes_max).number(number);
}
void append_derived(double number, std::string& out) {
  line_writer(out, double_bytes_max).derived(number);
}
void append_number(std::int64_t number, std::string& out) {
  line_writer(out, integer_bytes_max).number(number);
}
void append_number(std::uint64_t number, std::string& out) {
  line_writer(out, integer_bytes_max).number(number);
}

}  // namespace spindrift
