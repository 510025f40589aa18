// CRC-32C, with the processor's instruction where it has one.
#include "server/store/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace spindrift {

namespace {

using crc_tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr crc_tables make_tables() {
  crc_tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    tables[0][byte] = crc;
  }
  for (std::size_t table = 1; table < 8; ++table) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr crc_tables tables = make_tables();

#if defined(__x86_64__)
// The instruction takes three cycles and may begin each: three stretches of so many bytes are worked off at once. A
// stream's section in a snapshot is three of them and a rest.
constexpr std::size_t stretch_bytes = 512;

using shift_tables = std::array<std::array<std::uint32_t, 256>, 4>;

// What a state is after a stretch of zeros, by each of its bytes: states add up, as polynomials do.
constexpr shift_tables make_shift_tables() {
  std::array<std::uint32_t, 32> of_bit{};
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    std::uint32_t crc = 1U << bit;
    for (std::size_t byte = 0; byte < stretch_bytes; ++byte) crc = (crc >> 8) ^ tables[0][crc & 0xff];
    of_bit[bit] = crc;
  }
  shift_tables shifts{};
  for (std::uint32_t byte = 0; byte < 4; ++byte) {
    for (std::uint32_t value = 0; value < 256; ++value) {
      for (std::uint32_t bit = 0; bit < 8; ++bit) {
        if ((value >> bit & 1U) != 0) shifts[byte][value] ^= of_bit[8 * byte + bit];
      }
    }
  }
  return shifts;
}

constexpr shift_tables shifts = make_shift_tables();

std::uint64_t behind_a_stretch(std::uint64_t crc) {
  return shifts[0][crc & 0xff] ^ shifts[1][crc >> 8U & 0xff] ^ shifts[2][crc >> 16U & 0xff] ^
         shifts[3][crc >> 24U & 0xff];
}

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::string_view bytes, std::uint32_t before) {
  std::uint64_t crc = ~before;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3 * stretch_bytes; at += 3 * stretch_bytes, left -= 3 * stretch_bytes) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t word = 0; word < stretch_bytes; word += 8) {
      crc = _mm_crc32_u64(crc, word_at(at + word));
      second = _mm_crc32_u64(second, word_at(at + stretch_bytes + word));
      third = _mm_crc32_u64(third, word_at(at + 2 * stretch_bytes + word));
    }
    crc = behind_a_stretch(behind_a_stretch(crc) ^ second) ^ third;
  }
  for (; left >= 8; at += 8, left -= 8) {
    crc = _mm_crc32_u64(crc, word_at(at));
  }
  auto crc_low = static_cast<std::uint32_t>(crc);
  for (; left > 0; ++at, --left) crc_low = _mm_crc32_u8(crc_low, static_cast<unsigned char>(*at));
  return ~crc_low;
}
#endif

}  // namespace

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t before) {
  std::uint32_t crc = ~before;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    word ^= crc;
    crc = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) crc ^= tables[7 - byte][(word >> (8 * byte)) & 0xff];
  }
  for (; left > 0; ++at, --left) crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xff];
  return ~crc;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return crc32c_sse42(bytes, before);
#endif
  return crc32c_portable(bytes, before);
}

}  // namespace spindrift
