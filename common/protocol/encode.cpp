#include "common/protocol/encode.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "common/protocol/double_text.hpp"
#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

// Writes into a window at the end of a string: one growth check a line instead of one a field. The window must be large
// enough for everything put into it; text of unbounded length goes through append_json_string instead.
class line_writer {
public:
  line_writer(std::string& out, std::size_t bytes_max) : out_(out), begin_(out.size()) {
    out_.resize(begin_ + bytes_max);
    at_ = out_.data() + begin_;
  }
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;
  ~line_writer() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }

  void text(std::string_view literal) {
    std::memcpy(at_, literal.data(), literal.size());
    at_ += literal.size();
  }
  void number(double value) {
    if (!std::isfinite(value)) return text("null");
    at_ = write_double(at_, value);
  }
  void derived(double value) {
    if (!std::isfinite(value)) return text("null");
    at_ = std::to_chars(at_, at_ + double_bytes_max, value, std::chars_format::general, 6).ptr;
  }
  void number(std::uint64_t value) { at_ = std::to_chars(at_, at_ + 24, value).ptr; }
  void number(std::int64_t value) { at_ = std::to_chars(at_, at_ + 24, value).ptr; }
  void boolean(bool value) { text(value ? "true" : "false"); }

private:
  std::string& out_;
  std::size_t begin_;
  char* at_;
};

// Room for every fixed key and number of a verdict or point line, names and features apart.
constexpr std::size_t line_bytes_fixed = 768;
constexpr std::size_t feature_bytes_fixed = 64;

std::size_t line_bytes_max(const point& what) {
  std::size_t bytes = line_bytes_fixed + what.stream.size();
  for (const feature& each : what.values) bytes += feature_bytes_fixed + each.name.size();
  return bytes;
}

void put_numbers(const point& what, line_writer& line) {
  if (!what.is_multivariate()) {
    line.text(",\"value\":");
    line.number(what.value);
    return;
  }
  line.text(",\"values\":{");
  bool is_first = true;
  for (const feature& each : what.values) {
    line.text(is_first ? "\"" : ",\"");
    is_first = false;
    line.text(each.name);
    line.text("\":");
    line.number(each.value);
  }
  line.text("}");
}

std::string_view names_of(std::uint8_t by) {
  constexpr std::array<std::string_view, 4> names = {"", "zscore", "iforest", "zscore,iforest"};
  return names[by & 3U];
}

void put_flags(const verdict& what, line_writer& line) {
  line.text(",\"anomaly\":");
  line.boolean(what.anomaly);
  if (what.anomaly) {
    line.text(",\"by\":\"");
    line.text(names_of(what.by));
    line.text("\"");
  }
  line.text(",\"drift\":");
  line.boolean(what.drift.has_value());
  if (what.drift) {
    line.text(",\"adwin\":{\"width\":");
    line.number(what.drift->width);
    line.text(",\"mean\":");
    line.number(what.drift->mean);
    line.text(",\"before\":");
    line.number(what.drift->before);
    line.text("}");
  }
  if (what.score) {
    line.text(",\"alarm\":");
    line.boolean(what.alarm);
    line.text(",\"score\":");
    line.number(*what.score);
  }
  if (what.subject.label) {
    line.text(",\"label\":");
    line.boolean(*what.subject.label);
  }
  if (what.warmup) line.text(",\"warmup\":true");
  if (what.dup) line.text(",\"dup\":true");
  if (what.late) line.text(",\"late\":true");
  if (what.event != 0) {
    line.text(",\"event\":");
    line.number(what.event);
    line.text(",\"kind\":\"");
    line.text(name_of(what.kind));
    line.text("\"");
  }
}

}  // namespace

// Names of points are of the name alphabet (the decoder and the simulator see to it), which needs no escaping.
void encode(const point& what, std::string& out) {
  line_writer line(out, line_bytes_max(what));
  line.text("{\"stream\":\"");
  line.text(what.stream);
  line.text("\"");
  if (what.seq != 0) {
    line.text(",\"seq\":");
    line.number(what.seq);
  }
  if (what.ts) {
    line.text(",\"ts\":");
    line.number(*what.ts);
  }
  put_numbers(what, line);
  if (what.label) {
    line.text(",\"label\":");
    line.boolean(*what.label);
  }
  line.text("}\n");
}

void encode(const verdict& what, std::string& out) {
  line_writer line(out, line_bytes_max(what.subject) + what.feature.size());
  line.text("{\"type\":\"verdict\",\"stream\":\"");
  line.text(what.subject.stream);
  line.text("\"");
  if (what.subject.seq != 0) {
    line.text(",\"seq\":");
    line.number(what.subject.seq);
  }
  line.text(",\"n\":");
  line.number(what.n);
  line.text(",\"ts\":");
  line.number(what.subject.ts.value_or(0));
  put_numbers(what.subject, line);
  line.text(",\"expected\":");
  line.number(what.expected);
  line.text(",\"sigma\":");
  line.number(what.sigma);
  line.text(",\"z\":");
  line.number(what.z);
  if (!what.feature.empty()) {
    line.text(",\"feature\":\"");
    line.text(what.feature);
    line.text("\"");
  }
  put_flags(what, line);
  line.text("}\n");
}

void encode(const protocol_error& what, std::uint64_t frame_number, std::string& out) {
  out += R"({"type":"error","code":")";
  out += name_of(what.code);
  out += R"(","message":)";
  append_json_string(what.message, out);
  if (frame_number != 0) {
    out += ",\"frame\":";
    append_number(frame_number, out);
  }
  if (what.seq != 0) {
    out += ",\"seq\":";
    append_number(what.seq, out);
  }
  if (!what.id.empty()) {
    out += ",\"id\":";
    out += what.id;
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
  line_writer(out, 24).number(number);
}
void append_number(std::uint64_t number, std::string& out) {
  line_writer(out, 24).number(number);
}

}  // namespace spindrift
