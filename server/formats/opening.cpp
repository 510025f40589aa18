// Signatures of what people point at a port by mistake, each with what would cure it.
#include "server/formats/opening.hpp"

#include <algorithm>
#include <array>

#include "server/formats/line_format.hpp"

namespace spindrift::formats {
namespace {

using namespace std::string_view_literals;

struct signature {
  std::string_view bytes;
  std::string_view advice;
};

constexpr std::string_view utf16_advice =
    "this looks like UTF-16; send UTF-8 (PowerShell: Out-File -Encoding utf8, or $OutputEncoding)";
constexpr std::string_view tls_advice =
    "this looks like TLS, and this port is plain TCP; turn TLS off in the client, or give the server --tls-cert and "
    "--tls-key";

// In the order in which they are tried: what begins alike stands longest first.
constexpr std::array signatures = {
    signature{"\x16\x03"sv, tls_advice},
    signature{"\x80\x2e\x01\x03"sv, tls_advice},
    signature{"\x1f\x8b"sv, "this looks like gzip; turn the output's compression off"},
    signature{"\x28\xb5\x2f\xfd"sv, "this looks like zstd; turn the output's compression off"},
    signature{"\x04\x22\x4d\x18"sv, "this looks like lz4; turn the output's compression off"},
    signature{"BZh"sv, "this looks like bzip2; turn the output's compression off"},
    signature{"\xfd"
              "7zXZ"sv,
              "this looks like xz; turn the output's compression off"},
    signature{"PK\x03\x04"sv, "this looks like a zip file; send its text"},
    signature{"\x78\x01"sv, "this looks like zlib (compressed); turn the output's compression off"},
    signature{"\x78\x9c"sv, "this looks like zlib (compressed); turn the output's compression off"},
    signature{"\x78\xda"sv, "this looks like zlib (compressed); turn the output's compression off"},
    signature{"\xff\x06\x00\x00sNaPpY"sv, "this looks like snappy (compressed); turn the output's compression off"},
    signature{"\xff\xfe"sv, utf16_advice},
    signature{"\xfe\xff"sv, utf16_advice},
    signature{
        "\x0d\x0a\x0d\x0a\x00\x0d\x0aQUIT\x0a"sv,
        "this looks like the PROXY protocol (v2); start spindriftd with --proxy-protocol, or turn it off in the proxy"},
    signature{
        "PROXY TCP"sv,
        "this looks like the PROXY protocol; start spindriftd with --proxy-protocol, or turn it off in the proxy"},
    signature{
        "PROXY UNKNOWN"sv,
        "this looks like the PROXY protocol; start spindriftd with --proxy-protocol, or turn it off in the proxy"},
    signature{"PRI * HTTP/2"sv, "this looks like HTTP/2; HTTP is spoken on the HTTP port"},
    signature{"ZBXD"sv,
              "this looks like Zabbix; send lines of JSON, or let zabbix_sender's source send Graphite lines"},
    signature{"ZBX_"sv, "this looks like Zabbix; send lines of JSON instead"},
    signature{"SSH-"sv, "this looks like SSH; it is another port that you want"},
    signature{"AMQP"sv, "this looks like AMQP; send lines of JSON, or bridge the queue to TCP"},
    signature{"*1\r\n$"sv, "this looks like Redis (RESP); send lines of JSON instead"},
    signature{"*2\r\n$"sv, "this looks like Redis (RESP); send lines of JSON instead"},
    signature{"*3\r\n$"sv, "this looks like Redis (RESP); send lines of JSON instead"},
    signature{"PING\r\n"sv, "this looks like Redis; send lines of JSON instead"},
    signature{"CONNECT {"sv,
              "this looks like NATS; this is no broker: `nats sub --raw SUBJECT | nc` sends what one has"},
    signature{"CONNECT\n"sv, "this looks like STOMP; this is no broker: send lines of JSON instead"},
    signature{"CONNECT\r\n"sv, "this looks like STOMP; this is no broker: send lines of JSON instead"},
    signature{"STOMP\n"sv, "this looks like STOMP; this is no broker: send lines of JSON instead"},
    signature{"EHLO "sv, "this looks like SMTP; it is a mail server's port that you want"},
    signature{"HELO "sv, "this looks like SMTP; it is a mail server's port that you want"},
    signature{"<?xml"sv, "this looks like XML; send lines of JSON instead"},
    signature{"<html"sv, "this looks like HTML; send lines of JSON instead"},
    signature{"<!DOCTYPE"sv, "this looks like HTML; send lines of JSON instead"},
    signature{"CEF:"sv, "this looks like CEF, which holds no measurements; send lines of JSON, or NAME VALUE"},
    signature{"LEEF:"sv, "this looks like LEEF, which holds no measurements; send lines of JSON, or NAME VALUE"},
    signature{"PUTVAL "sv,
              "this looks like collectd's exec protocol; let collectd send: write_graphite, Protocol \"tcp\""},
    signature{"Obj\x01"sv, "this looks like Avro; send JSON instead"},
    signature{"PAR1"sv, "this looks like Parquet; send JSON instead"},
    signature{"\xd9\xd9\xf7"sv, "this looks like CBOR, which is binary; send JSON instead"},
    signature{
        "[object "sv,
        "this is JavaScript's text of an object, [object Object]; turn it into JSON first (Node-RED: a json node in "
        "front, or JSON.stringify)"},
};

constexpr std::array methods = {"GET "sv,     "POST "sv,    "PUT "sv,   "HEAD "sv,  "DELETE "sv,
                                "OPTIONS "sv, "CONNECT "sv, "PATCH "sv, "TRACE "sv, "PROPFIND "sv};

constexpr std::string_view http_advice =
    "this is HTTP, and this port is none of HTTP; points are posted to the HTTP port (POST /v1/points)";

bool is_text_control(unsigned char c) {
  return c == '\t' || c == '\r' || c == '\n' || c == 0 || c == 0x1b || c == '\f' || c == '\b';
}

unsigned char byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : static_cast<unsigned char>(0);
}

// Binary things that have no fixed beginning, by their first bytes.
std::string_view binary_likeness(std::string_view bytes) {
  const unsigned char first = byte_at(bytes, 0);
  const unsigned char second = byte_at(bytes, 1);
  if (first == 0x10 && (bytes.find("MQTT") < 8 || bytes.find("MQIsdp") < 8)) {
    return "this looks like MQTT (CONNECT); this is no broker: mosquitto_sub -F %J | nc sends what a broker has";
  }
  if (first == 0x10) return "this looks like MQTT (CONNECT), or something else that is binary; this is no broker";
  const bool has_length = first == 0 && bytes.size() >= 5;
  if (has_length && (byte_at(bytes, 4) == 0x80 || byte_at(bytes, 4) == '(' || byte_at(bytes, 4) == ']')) {
    return "this looks like Graphite's pickle protocol; use the plaintext one (port 2003, carbon: LINE_RECEIVER)";
  }
  if (first == 0x80 && second >= 2 && second <= 5) {
    return "this looks like Python's pickle; send JSON (json.dumps) or Graphite's plaintext instead";
  }
  if (has_length && (byte_at(bytes, 4) == '{' || byte_at(bytes, 4) == '[')) {
    return "this looks like JSON with a binary length in front; send lines of JSON instead";
  }
  if (first >= 0x80 && first <= 0x9f) {
    return "this looks like msgpack (MessagePack), which is binary; send JSON (Fluent Bit: Format json_lines)";
  }
  if (first >= 0xdc && first <= 0xdf && second < 0x80) {
    return "this looks like msgpack (MessagePack), which is binary; send JSON (Fluent Bit: Format json_lines)";
  }
  if (first == 0x0a || first == 0x08 || first == 0x12) {
    return "this looks like protobuf, which is binary; send JSON, or OTLP and remote write to the HTTP port";
  }
  if (first >= 0xa0 && first <= 0xbf) return "this looks like CBOR or another binary format; send JSON instead";
  return {};
}

// UTF-16 or UTF-32 without a mark: every other byte of ASCII text is 0.
bool is_wide_text(std::string_view bytes) {
  if (bytes.size() < 6) return false;
  const auto is_ascii = [&](std::size_t i) { return byte_at(bytes, i) >= ' ' && byte_at(bytes, i) < 0x7f; };
  const auto is_zero = [&](std::size_t i) { return byte_at(bytes, i) == 0; };
  return (is_ascii(0) && is_zero(1) && is_ascii(2) && is_zero(3)) ||
         (is_zero(0) && is_ascii(1) && is_zero(2) && is_ascii(3)) ||
         (is_ascii(0) && is_zero(1) && is_zero(2) && is_zero(3));
}

// The first byte up to the line's end that no text has.
bool has_binary_byte(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') return false;
    if ((byte < ' ' && !is_text_control(byte)) || byte >= 0xf8) return true;
  }
  return false;
}

std::size_t leading_noise(std::string_view bytes) {
  std::size_t at = 0;
  for (;;) {
    if (bytes.substr(at).starts_with("\xef\xbb\xbf")) {
      at += 3;
    } else if (at < bytes.size() && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
      ++at;
    } else {
      return at;
    }
  }
}

opening unreadable(std::string_view advice) {
  return {opening::kind::unreadable, 0, std::string(advice)};
}

bool is_http(std::string_view bytes, bool& may_be) {
  for (const std::string_view method : methods) {
    if (bytes.size() < method.size()) {
      may_be = may_be || method.starts_with(bytes);
      continue;
    }
    if (!bytes.starts_with(method)) continue;
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      may_be = true;
      // A long request line need not be waited for: a path follows the method.
      return bytes.find(" HTTP/") != std::string_view::npos || (bytes.size() > 1'024 && bytes[method.size()] == '/');
    }
    return bytes.substr(0, end).find(" HTTP/") != std::string_view::npos;
  }
  return false;
}

}  // namespace

opening look_at(std::string_view bytes, bool is_whole) {
  // Signatures first: one of them begins with line ends.
  bool may_be = false;
  for (const signature& known : signatures) {
    if (bytes.starts_with(known.bytes)) return unreadable(known.advice);
    may_be = may_be || (!bytes.empty() && known.bytes.starts_with(bytes));
  }
  const bool is_protobuf_like = byte_at(bytes, 0) == 0x0a && bytes.size() >= 2 && byte_at(bytes, 1) != '\n' &&
                                byte_at(bytes, 1) != '\r' && byte_at(bytes, 1) < ' ' && byte_at(bytes, 1) != '\t';
  if (is_protobuf_like) return unreadable(binary_likeness(bytes));
  opening found;
  std::size_t at = leading_noise(bytes);
  if (is_wide_text(bytes.substr(at))) return unreadable(utf16_advice);
  // NUL ends are skipped, but not in front of something binary.
  std::size_t behind_nul = at;
  while (behind_nul < bytes.size() && bytes[behind_nul] == 0) ++behind_nul;
  if (behind_nul > at && behind_nul < bytes.size() && bytes[behind_nul] == '{' && behind_nul - at < 2) at = behind_nul;
  found.skip = at;
  const std::string_view rest = bytes.substr(at);
  if (rest.empty()) return found;
  const auto first = static_cast<unsigned char>(rest.front());
  if (first == '{') {
    found.is = opening::kind::frames;
    return found;
  }
  if (may_be && !is_whole) return found;
  if (first < ' ' || first >= 0x80) {
    const std::string_view advice = binary_likeness(rest);
    const bool is_latin = first >= 0xc2 && first <= 0xf4;  // a letter of UTF-8
    if (!advice.empty() && !(is_latin && first >= 0xdc && byte_at(rest, 1) >= 0x80)) return unreadable(advice);
  }
  if (has_binary_byte(rest)) {
    const std::string_view advice = binary_likeness(rest);
    return unreadable(advice.empty() ? "this looks like something binary; send lines of text or JSON" : advice);
  }
  bool may_be_http = false;
  if (is_http(rest, may_be_http)) return unreadable(http_advice);
  if (may_be_http && !is_whole && rest.size() < 8'192 && rest.find('\n') == std::string_view::npos) return found;
  switch (cut_counted(rest).is) {
    case counted_frame::kind::whole:
    case counted_frame::kind::partial:
      found.is = opening::kind::counted;
      // A number alone may be the beginning of a length.
      if (rest.find_first_not_of("0123456789") == std::string_view::npos && !is_whole) {
        found.is = opening::kind::undecided;
      }
      return found;
    case counted_frame::kind::none:
      found.is = opening::kind::frames;
      return found;
  }
  return found;
}

counted_frame cut_counted(std::string_view bytes) {
  constexpr std::size_t digits_max = 6;
  counted_frame found;
  std::size_t size = 0;
  std::size_t at = 0;
  while (at < bytes.size() && at <= digits_max && bytes[at] >= '0' && bytes[at] <= '9') {
    size = size * 10 + static_cast<std::size_t>(bytes[at] - '0');
    ++at;
  }
  if (at == 0 || at > digits_max || bytes.front() == '0') return found;
  found.is = counted_frame::kind::partial;
  if (at == bytes.size()) return found;
  if (bytes[at] != ' ') {
    found.is = counted_frame::kind::none;
    return found;
  }
  if (at + 1 == bytes.size()) return found;
  if (bytes[at + 1] != '<' && bytes[at + 1] != '{') {
    found.is = counted_frame::kind::none;
    return found;
  }
  found.begin = at + 1;
  found.bytes = size;
  if (bytes.size() - found.begin >= size) found.is = counted_frame::kind::whole;
  return found;
}

std::string_view likeness(std::string_view line) {
  if (line.starts_with("<?xml") || line.starts_with("<html") || line.starts_with("<!")) return "XML or HTML";
  if (line.starts_with('<')) return "syslog of text";
  if (line.starts_with("EHLO ") || line.starts_with("HELO ")) return "SMTP";
  if (line.starts_with("CEF:")) return "CEF";
  if (line.starts_with("CONNECT") || line.starts_with("STOMP")) return "STOMP";
  if (line.starts_with("---")) return "YAML";
  if (line.find(" source=") != std::string_view::npos) return "Wavefront";
  if (line.find(';') != std::string_view::npos) return "CSV with semicolons";
  if (line.find("level=") == std::string_view::npos && line.find(',') != std::string_view::npos) {
    return "CSV; spindrift-sim --replay FILE sends it";
  }
  if (line.find("level=") != std::string_view::npos || line.find("msg=") != std::string_view::npos) return "logfmt";
  return {};
}

std::string readable_formats() {
  std::string text = R"({"stream":"cpu","value":0.42})";
  for (const line_format& format : all_line_formats()) {
    if (format.name == "syslog" || format.name == "prometheus") continue;
    text += ", or ";
    text += format.example;
    text += " (";
    text += format.name;
    text += ')';
  }
  return text;
}

}  // namespace spindrift::formats
