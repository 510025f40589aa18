#include "server/store/crc32c.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

TEST(crc32c, gives_the_published_numbers) {
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);            // the check value of the catalogue of CRCs
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
}

TEST(crc32c, is_the_same_with_and_without_the_instruction_at_every_length_and_alignment) {
  std::string bytes;
  for (unsigned at = 0; at < 200; ++at) bytes.push_back(static_cast<char>(at * 167 + 13));
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t length = 0; begin + length <= bytes.size(); ++length) {
      const auto part = std::string_view(bytes).substr(begin, length);
      ASSERT_EQ(crc32c(part, 77), crc32c_portable(part, 77)) << begin << " " << length;
    }
  }
}

// Of what is worked off in three stretches at once: as many as fit, and a rest.
TEST(crc32c, is_the_same_with_and_without_the_instruction_at_lengths_of_sections_and_records) {
  std::string bytes;
  for (unsigned at = 0; at < 10'000; ++at) bytes.push_back(static_cast<char>(at * at * 167 + at / 7 + 13));
  for (std::size_t length = 1'500; length + 3 <= bytes.size(); length += length % 512 < 2 ? 1U : 101U) {
    const auto part = std::string_view(bytes).substr(length % 3, length);
    ASSERT_EQ(crc32c(part, 77), crc32c_portable(part, 77)) << length;
  }
}

TEST(crc32c, of_two_parts_is_that_of_the_whole) {
  const std::string_view whole = "the point is in the journal before its verdict is sent";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    EXPECT_EQ(crc32c(whole.substr(cut), crc32c(whole.substr(0, cut))), crc32c(whole));
  }
}

}  // namespace
}  // namespace spindrift
