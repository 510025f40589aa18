// Any bytes: the decoder and nlohmann's parser agree on what is valid, what comes out can be written again as valid
// JSON, and a point that is written is read back the same. The reader of replies must survive the same bytes.
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "common/model/limit.hpp"
#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/reply.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/json_oracle.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

using fuzz::require;
using support::json_oracle;
using support::padded_text;

void check_point(const point& what) {
  require(is_name(what.stream, limits::stream_bytes_max), "a stream's name is none", what.stream);
  require(std::isfinite(what.value) && what.seq <= limits::seq_max, "a point is out of range");
  require(what.values.size() <= model::features_max, "a point has too many features");
  for (const feature& each : what.values) {
    require(is_name(each.name, limits::feature_bytes_max) && std::isfinite(each.value), "a feature is none", each.name);
  }
  std::string line;
  encode(what, line);
  require(nlohmann::json::accept(line), "a point was written as invalid JSON", line);
  decoder frames;
  const padded_text padded(std::string_view(line).substr(0, line.size() - 1));
  const frame again = frames.decode(padded.view());
  require(std::holds_alternative<point>(again), "a point that was written is no point", line);
  std::string second;
  encode(std::get<point>(again), second);
  require(second == line, "a point that was written is read back as another", line);
}

// What is read by the short way must be what is read by the long one, which an unknown field asks for.
void check_long_way(std::string_view bytes, const point& what) {
  if (bytes.find("no such field") != std::string_view::npos) return;
  std::string longer(bytes);
  longer.insert(longer.rfind('}'), R"(,"no such field":0)");
  const padded_text padded(longer);
  decoder frames;
  const frame again = frames.decode(padded.view());
  require(std::holds_alternative<point>(again), "a point with a field more is none", longer);
  std::string first;
  std::string second;
  encode(what, first);
  encode(std::get<point>(again), second);
  require(first == second, "a point was read in two ways", bytes);
}

void check_rest(const frame& found) {
  std::string line;
  if (const auto* const wrong = std::get_if<protocol_error>(&found)) encode(*wrong, 1, line);
  if (const auto* const asked = std::get_if<command_frame>(&found)) encode(*asked, line);
  require(nlohmann::json::accept(line), "what came out was written as invalid JSON", line);
  require(line.find('\n') == line.size() - 1, "what came out was written on several lines", line);
}

void check(std::string_view bytes) {
  const padded_text padded(bytes);
  decoder frames;
  const frame found = frames.decode(padded.view());
  const auto* const wrong = std::get_if<protocol_error>(&found);
  const bool is_refused_json = wrong != nullptr && wrong->code == error_code::bad_json;
  switch (json_oracle::judge(bytes)) {
    case json_oracle::verdict::good:
      require(!is_refused_json, "refused what is valid", bytes);
      break;
    case json_oracle::verdict::bad_json:
      require(is_refused_json, "took what is invalid", bytes);
      break;
    case json_oracle::verdict::beyond_double:
      require(wrong != nullptr, "took a number beyond double", bytes);
      break;
  }
  if (const auto* const measured = std::get_if<point>(&found)) {
    check_point(*measured);
    check_long_way(bytes, *measured);
  } else {
    check_rest(found);
  }
  reply_reader replies;
  (void)replies.read(padded.view());
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The inbox gives no blanks in front of a frame.
  while (!bytes.empty() &&
         (bytes.front() == ' ' || bytes.front() == '\t' || bytes.front() == '\r' || bytes.front() == '\n')) {
    bytes.remove_prefix(1);
  }
  spindrift::check(bytes);
  return 0;
}
