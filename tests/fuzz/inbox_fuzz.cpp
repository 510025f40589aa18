// Any bytes, any cuts: the inbox gives the same frames, each within its limit and on one line. The first byte chooses
// the limit and the cuts.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/require.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

void check(std::string_view bytes, std::uint64_t seed, bool finish, std::size_t frame_bytes_max) {
  using fuzz::require;
  const auto expected = support::frames_of(bytes, support::whole(), finish, frame_bytes_max);
  for (const std::string& each : expected) {
    if (each == support::too_large_mark) continue;
    require(!each.empty() && each.size() <= frame_bytes_max, "a frame is empty or beyond the limit", each);
    require(each.find('\n') == std::string::npos, "a frame holds a line feed", each);
    require(each.front() != ' ' && each.front() != '\r', "a frame begins with a blank", each);
  }
  require(support::frames_of(bytes, support::byte_by_byte(), finish, frame_bytes_max) == expected, "other one by one");
  require(support::frames_of(bytes, support::random_cuts(seed), finish, frame_bytes_max) == expected, "other when cut");
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t frame_bytes_max = data[0] % 2 == 0 ? 16 : 64;
  spindrift::check(bytes, data[0], true, frame_bytes_max);
  spindrift::check(bytes, data[0], false, frame_bytes_max);
  return 0;
}
