#include "client/backoff.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

using std::chrono::milliseconds;

TEST(backoff, doubles_up_to_its_cap_less_up_to_a_half) {
  backoff waits(1);
  for (const int full : {50, 100, 200, 400, 800, 1'600, 2'000, 2'000}) {
    const auto delay = waits.next_delay();
    EXPECT_LE(delay, milliseconds(full));
    EXPECT_GE(delay, milliseconds(full) / 2);
  }
}

TEST(backoff, starts_afresh_after_a_success) {
  backoff waits(1);
  for (int i = 0; i < 10; ++i) waits.next_delay();
  waits.reset();
  EXPECT_LE(waits.next_delay(), milliseconds(50));
}

TEST(backoff, keeps_two_clients_out_of_step) {
  backoff one(1);
  backoff other(2);
  int equal = 0;
  for (int i = 0; i < 20; ++i) equal += one.next_delay() == other.next_delay() ? 1 : 0;
  EXPECT_EQ(equal, 0);
}

}  // namespace
}  // namespace spindrift
