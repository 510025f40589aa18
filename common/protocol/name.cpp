#include "common/protocol/name.hpp"

#include <array>

namespace spindrift {
namespace {

// What a name may hold, by byte: 1 in front and behind, 2 behind only.
constexpr std::array<unsigned char, 256> name_alphabet = [] {
  std::array<unsigned char, 256> kinds{};
  for (const char c : std::string_view("._:/=,@+-")) kinds[static_cast<unsigned char>(c)] = 2;
  for (unsigned c = '0'; c <= '9'; ++c) kinds[c] = 1;
  for (unsigned c = 'A'; c <= 'Z'; ++c) kinds[c] = 1;
  for (unsigned c = 'a'; c <= 'z'; ++c) kinds[c] = 1;
  return kinds;
}();

}  // namespace

bool is_name(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || name_alphabet[static_cast<unsigned char>(text.front())] != 1)
    return false;
  for (const char c : text) {
    if (name_alphabet[static_cast<unsigned char>(c)] == 0) return false;
  }
  return true;
}

}  // namespace spindrift
