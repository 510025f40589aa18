// What a request for data says in its query, read strictly: a name that is not known, or a value that cannot be, is
// told in a sentence. Plain data and pure functions; bounded by the protocol's limits (patterns_max, listing_max).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/frame.hpp"
#include "server/session/step.hpp"

namespace spindrift {

// GET /v1/streams
struct streams_question {
  std::vector<std::string> streams;  // globs
  std::size_t limit = 100;
  std::string after;  // names behind this one
};

// GET /v1/feed
struct feed_question {
  std::vector<std::string> streams;  // globs
  subscribe_command::choice only = subscribe_command::choice::events;
  bool updates = false;
  std::optional<std::int64_t> resumes_at{};  // by the id of the last event it had, our clock's milliseconds
};

// Each returns what is wrong, or nothing. `asked` is then good.
std::optional<std::string> read_question(std::string_view query, streams_question& asked);
std::optional<std::string> read_question(std::string_view query, event_page_question& asked);
// `last_event_id`: the header's field; where it is missing the query may have it as `last_event_id`.
std::optional<std::string> read_question(std::string_view query, std::string_view last_event_id, feed_question& asked);

}  // namespace spindrift
