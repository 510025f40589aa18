// Puts messages together.
#include "server/alerts/message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "common/protocol/json_value.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

using nlohmann::json;

constexpr std::size_t slack_lines_max = 50;

json fields_of(const notice& told) {
  json line = read_json(told.line);
  return line.is_object() ? line : json::object();
}

std::string text_of(const json& fields) {
  const auto at = fields.find("text");
  return at != fields.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::int64_t time_of(const json& fields, const char* key, std::int64_t otherwise) {
  const auto at = fields.find(key);
  return at != fields.end() && at->is_number_integer() ? at->get<std::int64_t>() : otherwise;
}

// As Prometheus' people name them: 80 is to wake somebody, 50 to look at it today.
std::string_view level_of(int severity) {
  if (severity >= 80) return "critical";
  return severity >= 50 ? "warning" : "info";
}

std::string sentence_of(const queued_notice& one) {
  std::string said(one.what.state == event_state::closed ? "over: " : "");
  said.append(name_of(one.what.kind)).append(" on ").append(one.what.stream);
  said.append(", severity ").append(std::to_string(one.what.severity));
  const std::string text = text_of(fields_of(one.what));
  return text.empty() ? said : said + ": " + text;
}

// As an address has it: what is no letter, figure or one of -._~ as %XX.
std::string escaped(std::string_view text) {
  constexpr std::string_view plain = "-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_word || plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
  }
  return out;
}

std::string written(const json& value) {
  return write_json(value);
}

std::string without_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? digits[group >> (18 - 6 * k) & 63U] : '=';
  }
  return out;
}

// RFC 2047: words of at most 75 characters; a character of UTF-8 is not cut.
std::string header_text(std::string_view text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
  if (is_plain && text.size() < 900) return std::string(text);
  constexpr std::size_t bytes_a_word = 42;
  std::string out;
  while (!text.empty()) {
    std::size_t length = std::min(bytes_a_word, text.size());
    while (length > 1 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + base64(text.substr(0, length)) + "?=";
    text.remove_prefix(length);
  }
  return out;
}

std::string mail_date(std::int64_t ms) {
  constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  const auto two = [](int number) { return std::string(number < 10 ? "0" : "").append(std::to_string(number)); };
  return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " + std::to_string(parts.tm_mday) + " " +
         months[static_cast<std::size_t>(parts.tm_mon)] + " " + std::to_string(parts.tm_year + 1900) + " " +
         two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" + two(parts.tm_sec) + " +0000";
}

}  // namespace

const queued_notice& worst_of(const std::vector<queued_notice>& all) {
  return *std::max_element(all.begin(), all.end(), [](const queued_notice& one, const queued_notice& other) {
    const bool is_closed = one.what.state == event_state::closed;
    const bool other_is_closed = other.what.state == event_state::closed;
    if (is_closed != other_is_closed) return is_closed;
    return one.what.severity < other.what.severity;
  });
}

std::string headline_of(const std::vector<queued_notice>& all) {
  std::string said = sentence_of(worst_of(all));
  if (all.size() > 1) said += " (and " + std::to_string(all.size() - 1) + " more)";
  return said;
}

// Half as much again of its time on each side, 10 s at least.
std::string link_of(const notice& told, const std::string& public_url) {
  if (public_url.empty()) return {};
  constexpr std::int64_t around_least_ms = 10'000;
  const json fields = fields_of(told);
  std::string link = public_url + "#stream=" + escaped(told.stream);
  if (const std::int64_t from = time_of(fields, "from", -1); from >= 0) {
    const std::int64_t to = std::max(from, time_of(fields, "to", time_of(fields, "told", told.told)));
    const std::int64_t around = std::max(around_least_ms, (to - from) / 2 * 3);
    link += "&from=" + std::to_string(from - around) + "&to=" + std::to_string(to + around);
  }
  return link + "&event=" + std::to_string(told.number);
}

std::string webhook_body(const std::vector<queued_notice>& all, const std::string& public_url) {
  std::string body;
  for (const queued_notice& one : all) {
    const std::string_view line = one.what.line;
    if (public_url.empty() || !line.ends_with('}')) {
      body.append(line).append("\n");
    } else {
      body.append(line.substr(0, line.size() - 1));
      body.append(",\"link\":").append(written(link_of(one.what, public_url))).append("}\n");
    }
  }
  return body;
}

std::string alertmanager_body(const std::vector<queued_notice>& all, const std::string& alert, std::int64_t now_ms,
                              std::int64_t ends_ms, const std::string& public_url) {
  json list = json::array();
  for (const queued_notice& one : all) {
    const json fields = fields_of(one.what);
    json said = {{"labels",
                  {{"alertname", "spindrift"},
                   {"alert", alert},
                   {"stream", one.what.stream},
                   {"event", std::to_string(one.what.number)},
                   {"kind", std::string(name_of(one.first_kind))},
                   {"severity", std::string(level_of(one.first_severity))}}},
                 {"annotations",
                  {{"summary", sentence_of(one)},
                   {"text", text_of(fields)},
                   {"severity", std::to_string(one.what.severity)},
                   {"line", one.what.line}}}};
    const std::int64_t from = std::min(time_of(fields, "from", now_ms), now_ms);
    said["startsAt"] = to_rfc3339(from);
    // Not before its beginning, whatever the clocks of its source say; and not in the future, or it would go on.
    said["endsAt"] = to_rfc3339(one.what.is_over ? std::clamp(time_of(fields, "to", now_ms), from, now_ms) : ends_ms);
    if (const std::string link = link_of(one.what, public_url); !link.empty()) {
      said["generatorURL"] = link;
      said["annotations"]["link"] = link;
    }
    list.push_back(std::move(said));
  }
  return written(list);
}

std::string slack_body(const std::vector<queued_notice>& all, const std::string& public_url) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), slack_lines_max); ++i) {
    text.append(i == 0 ? "" : "\n").append(without_markup(sentence_of(all[i])));
    if (!public_url.empty()) text.append(" ").append(without_markup(link_of(all[i].what, public_url)));
  }
  if (all.size() > slack_lines_max) text += "\nand " + std::to_string(all.size() - slack_lines_max) + " more";
  return written(json{{"text", text}});
}

std::string mail_text(const alert_settings& alert, const std::vector<queued_notice>& all, const std::string& id,
                      std::int64_t now_ms) {
  std::string to;
  for (const std::string& one : alert.to) to.append(to.empty() ? "" : ", ").append(one);
  std::string mail = "From: " + alert.from + "\r\nTo: " + to +
                     "\r\nSubject: " + header_text(std::string("[spindrift] ").append(printable(headline_of(all)))) +
                     "\r\nDate: " + mail_date(now_ms) + "\r\nMessage-ID: <" + id +
                     "@spindrift.invalid>\r\nMIME-Version: 1.0\r\n" +
                     "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n" +
                     "Auto-Submitted: auto-generated\r\n\r\n";
  for (const queued_notice& one : all) {
    std::string_view left = one.what.line;
    mail += printable(sentence_of(one)) + "\r\n";
    if (!alert.public_url.empty()) mail += link_of(one.what, alert.public_url) + "\r\n";
    // A line of mail has at most 998 bytes.
    for (; !left.empty(); left.remove_prefix(std::min<std::size_t>(left.size(), 900))) {
      mail.append(left.substr(0, 900)).append("\r\n");
    }
    mail += "\r\n";
  }
  return mail;
}

std::vector<std::string> exec_environment(const std::string& alert, const std::vector<queued_notice>& all,
                                          const std::string& id, const std::string& public_url) {
  const queued_notice& worst = worst_of(all);
  const json fields = fields_of(worst.what);
  const auto text = [&fields](const char* key) {
    const auto at = fields.find(key);
    if (at == fields.end() || at->is_null()) return std::string();
    return at->is_string() ? at->get<std::string>() : written(*at);
  };
  return {"SPINDRIFT_ALERT=" + alert,
          "SPINDRIFT_ID=" + id,
          "SPINDRIFT_EVENTS=" + std::to_string(all.size()),
          "SPINDRIFT_STREAM=" + worst.what.stream,
          "SPINDRIFT_EVENT=" + std::to_string(worst.what.number),
          "SPINDRIFT_STATE=" + std::string(name_of(worst.what.state)),
          "SPINDRIFT_KIND=" + std::string(name_of(worst.what.kind)),
          "SPINDRIFT_SEVERITY=" + std::to_string(worst.what.severity),
          "SPINDRIFT_DIRECTION=" + text("direction"),
          "SPINDRIFT_FEATURE=" + text("feature"),
          "SPINDRIFT_VALUE=" + text("value"),
          "SPINDRIFT_EXPECTED=" + text("expected"),
          "SPINDRIFT_TEXT=" + text("text"),
          "SPINDRIFT_LINK=" + link_of(worst.what, public_url)};
}

}  // namespace spindrift
