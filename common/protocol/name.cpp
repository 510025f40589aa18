// What may be called how: one table for ASCII, code points for the rest.
#include "common/protocol/name.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "common/protocol/query_limits.hpp"
#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

// Bits, so that a name is looked at without a branch for each byte.
enum byte_kind : unsigned char { anywhere = 0, not_at_the_ends = 1, of_several = 2, refused = 4 };

constexpr std::array<byte_kind, 256> byte_kinds = [] {
  std::array<byte_kind, 256> kinds{};
  kinds.fill(refused);
  for (unsigned c = 0x21; c <= 0x7e; ++c) kinds[c] = anywhere;
  for (const char c : std::string_view("\"\\*?")) kinds[static_cast<unsigned char>(c)] = refused;
  kinds[' '] = not_at_the_ends;
  for (unsigned c = 0x80; c <= 0xff; ++c) kinds[c] = of_several;
  return kinds;
}();

byte_kind kind_of(char c) {
  return byte_kinds[static_cast<unsigned char>(c)];
}

bool is_bidirectional_control(char32_t code) {
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool is_control(char32_t code) {
  return (code >= 0x80 && code <= 0x9f) || code == 0x2028 || code == 0x2029 || code == 0xfeff;
}

bool is_wide_blank(char32_t code) {
  return code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200b) || code == 0x202f || code == 0x205f ||
         code == 0x3000;
}

// With characters beyond ASCII: about 3 ns each.
bool is_wide_name(std::string_view text) {
  const std::size_t size = text.size();
  for (std::size_t at = 0; at < size;) {
    const std::string_view rest = text.substr(at);
    const std::size_t length = utf8_length(rest);
    if (length == 0 || !is_name_character(rest, length)) return false;
    const bool is_at_end = at == 0 || at + length == size;
    if (length > 1 && is_at_end && is_wide_blank(utf8_value(rest, length))) return false;
    at += length;
  }
  return true;
}

constexpr std::uint64_t every_byte(unsigned char c) {
  return 0x0101'0101'0101'0101U * c;
}

using sixteen = signed char __attribute__((vector_size(16)));

// The same for sixteen bytes: zero in all where each may stand anywhere. As signed numbers those beyond ASCII lie below
// the blank.
sixteen has_other(sixteen bytes) {
  const sixteen blank = {};
  return (bytes < blank + ' ') | (bytes == blank + '"') | (bytes == blank + '\\') | (bytes == blank + '*') |
         (bytes == blank + '?') | (bytes == blank + 0x7f);
}

// Whether a byte is not of those that may stand anywhere, a blank included: eight bytes at a time (H. Warren, "Hacker's
// Delight", 6-1). Where one is found those above it may be found in error, which changes nothing.
std::uint64_t has_other(std::uint64_t bytes) {
  constexpr std::uint64_t tops = every_byte(0x80);
  const auto is_one = [](std::uint64_t word, unsigned char c) {
    const std::uint64_t same_is_zero = word ^ every_byte(c);
    return (same_is_zero - every_byte(1)) & ~same_is_zero;
  };
  const std::uint64_t below_blank = (bytes - every_byte(0x20)) & ~bytes;
  const std::uint64_t refused_ones =
      is_one(bytes, '"') | is_one(bytes, '\\') | is_one(bytes, '*') | is_one(bytes, '?') | is_one(bytes, 0x7f);
  return (bytes | below_blank | refused_ones) & tops;
}

bool is_long_plain_ascii(std::string_view text) {
  const auto load = [&](std::size_t at) {
    sixteen bytes;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    return bytes;
  };
  sixteen other = has_other(load(text.size() - sizeof(sixteen)));
  for (std::size_t at = 0; at + sizeof(sixteen) < text.size(); at += sizeof(sixteen)) other |= has_other(load(at));
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(other);
  return (halves[0] | halves[1]) == 0;
}

// True: all may stand in a name. False: the table says.
bool is_plain_ascii(std::string_view text) {
  constexpr std::size_t word = sizeof(std::uint64_t);
  if (text.size() < word) return false;
  if (text.size() >= sizeof(sixteen)) return is_long_plain_ascii(text);
  const auto load = [&](std::size_t at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, word);
    return bytes;
  };
  std::uint64_t other = has_other(load(text.size() - word));
  for (std::size_t at = 0; at + word < text.size(); at += word) other |= has_other(load(at));
  return other == 0;
}

constexpr std::array<unsigned char, 256> plain_kinds = [] {
  std::array<unsigned char, 256> kinds{};
  for (const char c : std::string_view("._:/=,@+-")) kinds[static_cast<unsigned char>(c)] = 2;
  for (unsigned c = '0'; c <= '9'; ++c) kinds[c] = 1;
  for (unsigned c = 'A'; c <= 'Z'; ++c) kinds[c] = 1;
  for (unsigned c = 'a'; c <= 'z'; ++c) kinds[c] = 1;
  return kinds;
}();

}  // namespace

bool is_name_character(std::string_view text, std::size_t length) {
  if (length == 1) return kind_of(text.front()) == anywhere || kind_of(text.front()) == not_at_the_ends;
  const char32_t code = utf8_value(text, length);
  return !is_control(code) && !is_bidirectional_control(code);
}

bool is_name(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || text.front() == ' ' || text.back() == ' ') return false;
  if (is_plain_ascii(text)) return true;
  unsigned kinds = 0;
  for (const char c : text) kinds |= kind_of(c);
  if ((kinds & refused) != 0) return false;
  return (kinds & of_several) == 0 || is_wide_name(text);
}

std::size_t quoted_ascii_name(const char* at, const char* end) {
  for (const char* from = at; from < end; from += sizeof(sixteen)) {
    sixteen bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(has_other(bytes));
    if ((halves[0] | halves[1]) == 0) continue;
    const int bits = halves[0] != 0 ? std::countr_zero(halves[0]) : 64 + std::countr_zero(halves[1]);
    const char* const other = from + bits / 8;
    const bool is_name = other < end && *other == '"' && other > at && *at != ' ' && other[-1] != ' ';
    return is_name ? static_cast<std::size_t>(other - at) : 0;
  }
  return 0;
}

bool is_plain_name(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || plain_kinds[static_cast<unsigned char>(text.front())] != 1)
    return false;
  for (const char c : text) {
    if (plain_kinds[static_cast<unsigned char>(c)] == 0) return false;
  }
  return true;
}

bool is_pattern(std::string_view text) {
  return !text.empty() && text.size() <= limits::pattern_bytes_max &&
         static_cast<std::size_t>(std::count(text.begin(), text.end(), '*')) <= limits::stars_max;
}

}  // namespace spindrift
