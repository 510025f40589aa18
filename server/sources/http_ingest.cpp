// Bodies become points, by the readers of formats or by a session of one request.
#include "server/sources/http_ingest.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "common/protocol/encode.hpp"
#include "common/text/printable.hpp"
#include "server/formats/body.hpp"
#include "server/pipeline/refusal_error.hpp"
#include "server/session/permission.hpp"
#include "server/sources/gzip.hpp"
#include "server/sources/one_way.hpp"

namespace spindrift {
namespace {

constexpr std::size_t refused_bytes_max = 4'096;
// Numbers of conversations, apart from those of connections.
constexpr std::uint64_t first_number = std::uint64_t{1} << 63U;
constexpr std::string_view json_lines = "application/x-ndjson";

ingest_answer plain(unsigned status, std::string text) {
  ingest_answer made;
  made.status = status;
  made.body = std::move(text);
  if (made.body.empty() || made.body.back() != '\n') made.body += '\n';
  return made;
}

std::string_view value_of(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const std::size_t equals = part.find('=');
    if (part.substr(0, equals) == key && equals != std::string_view::npos) return part.substr(equals + 1);
  }
  return {};
}

// Of the times in the lines; 0: told by their size. Nothing for what is no precision: times that were taken for others
// would be wrong by factors of a thousand, and nobody would be told.
std::optional<std::uint64_t> unit_ns(std::string_view precision) {
  if (precision.empty() || precision == "n" || precision == "ns") return 0;
  if (precision == "u" || precision == "us") return 1'000;
  if (precision == "ms") return 1'000'000;
  if (precision == "s") return 1'000'000'000;
  if (precision == "m") return 60'000'000'000;
  if (precision == "h") return 3'600'000'000'000;
  return std::nullopt;
}

}  // namespace

std::string_view http_ingest::token_of(std::string_view authorization) {
  for (const std::string_view scheme : {"Bearer ", "Token "}) {
    if (authorization.starts_with(scheme)) return authorization.substr(scheme.size());
  }
  return {};
}

bool http_ingest::takes(std::string_view path) {
  return path == "/v1/points" || path == "/api/v1/write" || path == "/write" || path == "/api/v2/write" ||
         path == "/v1/metrics";
}

std::optional<ingest_answer> http_ingest::answer(const ingest_request& asked, moment now) {
  if (!takes(asked.path)) return std::nullopt;
  if (asked.method != "POST") return plain(405, "POST points here");
  std::string unpacked;
  std::string_view body = asked.body;
  if (asked.content_encoding == "gzip" || asked.content_encoding == "deflate") {
    if (!unpack_gzip(body, unpacked_bytes_max, unpacked))
      return plain(400, "the body is no gzip, or too large unpacked");
    body = unpacked;
  } else if (!asked.content_encoding.empty() && asked.content_encoding != "identity" &&
             !(asked.content_encoding == "snappy" && asked.path == "/api/v1/write")) {
    return plain(415, "Content-Encoding: gzip or identity");
  }
  if (asked.path == "/v1/points") return take_points(body, asked.query, asked, now);
  return take_formats(asked.path, body, asked, now);
}

// A session that lives as long as the request, and hears no more than its replies.
ingest_answer http_ingest::take_points(std::string_view body, std::string_view query, const ingest_request& asked,
                                       moment now) {
  const std::string_view chosen = value_of(query, "replies");
  const auto wanted = chosen.empty() ? reply_choice::all : reply_choice_named(chosen);
  if (!wanted) return plain(400, "replies: " + in_quotes(chosen) + "; allowed: all, marked, errors");
  session conversation(environment_, workspace_, first_number + conversations_++);
  conversation.choose_replies(*wanted);
  std::string replies;
  if (environment_.admission != nullptr && !conversation.admit(token_of(asked.authorization))) {
    return plain(401, std::string(session::unauthorized_text));
  }
  const std::optional<error_code> closed = hear_out(conversation, workspace_, body, now, replies).closed;
  ingest_answer made;
  made.content_type = json_lines;
  if (closed) made.status = *closed == error_code::forbidden ? 403 : 400;
  made.body = std::move(replies);
  return made;
}

ingest_answer http_ingest::take_formats(std::string_view path, std::string_view body, const ingest_request& asked,
                                        moment now) {
  std::shared_ptr<const identity> who;
  if (environment_.admission != nullptr) {
    who = environment_.admission->admit(token_of(asked.authorization));
    if (!who) return plain(401, "show a token that the server knows: Authorization: Bearer TOKEN");
  }
  read_.clear();
  bool is_whole = true;
  const bool is_json = asked.content_type.find("json") != std::string_view::npos;
  if (path == "/api/v1/write") {
    if (asked.content_type.find("io.prometheus.write.v2") != std::string_view::npos) {
      return plain(415, "remote write 1.0 is read: protobuf_message prometheus.WriteRequest");
    }
    is_whole = formats::read_remote_write(body, read_);
  } else if (path == "/v1/metrics") {
    is_whole = is_json ? formats::read_otlp_json_body(body, read_) : formats::read_otlp(body, read_);
  } else {
    const std::string_view precision = value_of(asked.query, "precision");
    const auto unit = unit_ns(precision);
    if (!unit) return plain(400, "precision: " + in_quotes(precision) + "; allowed: ns, us, ms, s, m, h");
    is_whole = formats::read_influx_body(body, *unit, read_);
  }
  std::string refused;
  for (const formats::fault& wrong : read_.faults()) {
    if (refused.size() > refused_bytes_max) break;
    if (wrong.number != 0) refused += "line " + std::to_string(wrong.number) + ": ";
    refused += wrong.reason;
    if (!wrong.line.empty()) refused += ": " + in_quotes(wrong.line);
    refused += '\n';
  }
  if (!is_whole) return plain(400, refused);
  const std::size_t points = read_.points().size();
  const refused_points without = ingest(who.get(), now, refused);
  if (without.storage > 0) return plain(503, "the journal cannot be written; the points were not applied");
  if (without.right > 0 && without.right == points) return plain(403, refused);
  // Nothing was applied, and the same may be taken later.
  if (without.room > 0 && without.room == points) return plain(429, refused);
  if (!refused.empty()) return plain(400, refused);
  if (path == "/v1/metrics") {
    return ingest_answer{200, is_json ? "application/json" : "application/x-protobuf", is_json ? "{}" : ""};
  }
  return ingest_answer{204, {}, {}};
}

http_ingest::refused_points http_ingest::ingest(const identity* who, moment now, std::string& refused) {
  const std::span<const point> points = read_.points();
  refused_points without;
  for (std::size_t at = 0; at < points.size();) {
    workspace_.clear();
    intake& taken = workspace_.taken;
    const std::span<const point> next = points.subspan(at, std::min(points.size() - at, workspace_.way.points_max()));
    at += next.size();
    const auto is_allowed = [&](const point& added) { return may_publish(who, added.stream); };
    std::vector<point>& into = taken.points.points;
    if (who == nullptr) {
      into.insert(into.end(), next.begin(), next.end());
    } else {
      std::copy_if(next.begin(), next.end(), std::back_inserter(into), is_allowed);
    }
    without.right += next.size() - taken.size();
    if (taken.is_empty()) continue;
    workspace_.way.ingest(taken, now);
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const refusal why = taken.points.why(i);
      if (why == refusal::none) continue;
      const error_code code = code_of(why);
      if (code == error_code::storage_full) {
        ++without.storage;
      } else if (is_servers_want(code)) {
        ++without.room;
      }
      add(environment_.counts.errors[static_cast<std::size_t>(code)], 1);
      if (refused.size() < refused_bytes_max) {
        refused.append(name_of(code)).append(": ").append(in_quotes(taken.points.points[i].stream)).append("\n");
      }
    }
    workspace_.way.publish(taken);
  }
  workspace_.clear();
  add(environment_.counts.points_foreign, points.size() - without.right);
  if (without.right > 0) {
    refused += "forbidden: the token does not allow " + std::to_string(without.right) + " points of their streams\n";
  }
  return without;
}

}  // namespace spindrift
