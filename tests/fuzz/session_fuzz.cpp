// Any bytes from a client: the replies are valid JSON lines, and where nothing but the contract's own is spoken they
// are the same whether they arrive whole or cut, one for each frame; other formats have no replies. The first byte
// chooses the cuts, whether a token is needed, and what is spoken.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/fuzz/require.hpp"
#include "tests/session/little_server.hpp"

namespace spindrift {
namespace {

using fuzz::require;
using support::little_server;

struct told {
  std::string replies;
  std::string feed;
  bool closed = false;
};

told talk(std::string_view bytes, bool needs_token, bool json_only, const support::chunking& chunk) {
  little_server::settings chosen;
  chosen.needs_token = needs_token;
  chosen.json_only = json_only;
  chosen.engine.streams_max = 4;
  chosen.engine.detectors.ensemble_on = false;
  little_server server(chosen);
  server.admission.known["t"] = std::make_shared<identity>(identity{"t", {"a*"}, {"a?"}});
  auto& client = server.connect();
  server.send(client, bytes, chunk);
  server.finish(client);
  return {client.replies, client.feed, client.closed.has_value()};
}

void check_lines(const std::string& lines) {
  std::istringstream all(lines);
  for (std::string line; std::getline(all, line);) {
    const auto read = nlohmann::json::parse(line, nullptr, false);
    require(read.is_object() && read.contains("type"), "a reply is no JSON object with a type", line);
    const bool is_error = read["type"] == "error";
    require(!is_error || (!read.contains("z") && !read.contains("anomaly")), "an error speaks as a verdict", line);
  }
}

// A hello may ask for fewer replies: then not each frame has one, and how often the others are acknowledged depends on
// how the bytes come.
bool has_acknowledgements(const told& heard) {
  return heard.replies.find(R"("replies":"marked"})") != std::string::npos ||
         heard.replies.find(R"("replies":"errors"})") != std::string::npos;
}

std::string without_acknowledgements(const std::string& lines) {
  std::string rest;
  std::istringstream all(lines);
  for (std::string line; std::getline(all, line);) {
    if (!line.starts_with(R"({"type":"ack")")) rest.append(line).append("\n");
  }
  return rest;
}

void check(std::string_view bytes, std::uint64_t seed, bool needs_token, bool json_only) {
  const told whole = talk(bytes, needs_token, json_only, support::whole());
  check_lines(whole.replies);
  check_lines(whole.feed);
  if (!whole.closed && !needs_token && json_only && !has_acknowledgements(whole)) {
    const auto frames = support::frames_of(bytes, support::whole()).size();
    const auto replies = static_cast<std::size_t>(std::count(whole.replies.begin(), whole.replies.end(), '\n'));
    require(frames == replies, "not one reply for each frame", whole.replies);
  }
  const told cut = talk(bytes, needs_token, json_only, support::random_cuts(seed));
  check_lines(cut.replies);
  // What else is spoken is told by as much of it as has come, and by whether the client waits: the words may differ.
  if (!json_only) return;
  require(without_acknowledgements(cut.replies) == without_acknowledgements(whole.replies), "other replies when cut",
          whole.replies + "---\n" + cut.replies);
  require(cut.feed == whole.feed, "another feed when cut", whole.feed + "---\n" + cut.feed);
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  spindrift::check(bytes, data[0], data[0] % 8 == 0, data[0] % 2 == 1);
  return 0;
}
