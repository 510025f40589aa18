#include "server/session/acknowledgement.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

std::string line_of(acknowledgement& taken) {
  std::string line;
  taken.append_to(line);
  return line;
}

TEST(acknowledgement, says_nothing_where_nothing_was_taken) {
  acknowledgement taken;
  EXPECT_EQ(line_of(taken), "");
  taken.add(1, 1, true);
  line_of(taken);
  EXPECT_EQ(line_of(taken), "");
}

TEST(acknowledgement, names_the_newest_number_or_the_newest_frame_or_both) {
  acknowledgement taken;
  taken.add(16, 1, false);
  taken.add(17, 2, false);
  EXPECT_EQ(line_of(taken), "{\"type\":\"ack\",\"seq\":17}\n");
  taken.add(0, 3, false);
  EXPECT_EQ(line_of(taken), "{\"type\":\"ack\",\"frames\":3}\n");
  taken.add(5, 4, false);
  taken.add(0, 5, false);
  EXPECT_EQ(line_of(taken), "{\"type\":\"ack\",\"seq\":5,\"frames\":5}\n");
}

TEST(acknowledgement, takes_nothing_back_of_a_producer_whose_numbers_ascend) {
  acknowledgement taken;
  taken.add(17, 1, true);
  line_of(taken);
  taken.add(3, 2, true);
  EXPECT_EQ(line_of(taken), "{\"type\":\"ack\",\"seq\":17}\n");
}

TEST(acknowledgement, is_due_after_256_points) {
  acknowledgement taken;
  for (std::uint64_t seq = 1; seq < 256; ++seq) taken.add(seq, seq, false);
  EXPECT_FALSE(taken.is_due());
  taken.add(256, 256, false);
  EXPECT_TRUE(taken.is_due());
  line_of(taken);
  EXPECT_FALSE(taken.is_due());
}

}  // namespace
}  // namespace spindrift
