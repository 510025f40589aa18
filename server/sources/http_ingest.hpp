// Points by HTTP: a request's body in, an answer out.
//
//   POST /v1/points       JSON as on the TCP port, a reply line a frame out (?replies=errors|marked|all, default all)
//   POST /api/v1/write    Prometheus remote write 1.0
//   POST /write, /api/v2/write   InfluxDB line protocol (?precision=ns|u|us|ms|s|m|h)
//   POST /v1/metrics      OTLP/HTTP, protobuf or JSON
//
// A body is read whole and its points are applied in batches; the answer says which lines were refused. (A browser's
// page may not post: the HTTP server refuses what has an Origin.) With tokens, `Authorization: Bearer TOKEN` (Influx:
// `Token TOKEN`, likewise) shows one. Owned by the app; used on the thread of the shard whose workspace it has, one
// request at a time, and never while a session of that shard advances. Limits: body_bytes_max packed,
// unpacked_bytes_max unpacked.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/formats/parsed.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/session/session.hpp"

namespace spindrift {

// Views into a request, valid during the call; what is not there is empty.
struct ingest_request {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  std::string_view body;
  std::string_view content_type{};
  std::string_view content_encoding{};
  std::string_view authorization{};
};
struct ingest_answer {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

class http_ingest {
public:
  static constexpr std::size_t body_bytes_max = std::size_t{16} * 1024 * 1024;
  static constexpr std::size_t unpacked_bytes_max = 2 * body_bytes_max;

  http_ingest(const session_environment& environment, session_workspace& workspace)
      : environment_(environment), workspace_(workspace) {
    environment_.is_one_way = true;
  }

  // Whether a POST to this path is taken here, before its body has come.
  static bool takes(std::string_view path);
  // What stands behind "Bearer " or "Token "; empty: neither does.
  static std::string_view token_of(std::string_view authorization);
  // Nothing: it is no path of ours.
  std::optional<ingest_answer> answer(const ingest_request& asked, moment now);

private:
  ingest_answer take_points(std::string_view body, std::string_view query, const ingest_request& asked, moment now);
  ingest_answer take_formats(std::string_view path, std::string_view body, const ingest_request& asked, moment now);
  // Points that were not applied: what they went without.
  struct refused_points {
    std::size_t right = 0;    // the token does not allow their streams
    std::size_t room = 0;     // there are as many streams, or there is as much memory in use, as may be
    std::size_t storage = 0;  // the journal cannot be written
  };
  refused_points ingest(const identity* who, moment now, std::string& refused);

  session_environment environment_;
  session_workspace& workspace_;
  formats::parsed read_;
  std::uint64_t conversations_ = 0;
};

}  // namespace spindrift
