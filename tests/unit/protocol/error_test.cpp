#include "common/protocol/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace spindrift {
namespace {

TEST(error, spells_every_code_as_the_contract_does) {
  std::set<std::string> spelt;
  for (int i = 0; i <= static_cast<int>(error_code::shutting_down); ++i) {
    const auto code = static_cast<error_code>(i);
    EXPECT_EQ(error_code_named(name_of(code)), code);
    spelt.emplace(name_of(code));
  }
  EXPECT_EQ(spelt, (std::set<std::string>{"bad_json", "bad_frame", "bad_value", "bad_stream", "bad_seq",
                                          "frame_too_large", "unknown_op", "unauthorized", "forbidden",
                                          "too_many_streams", "too_many_connections", "storage_full", "memory_full",
                                          "superseded", "slow_consumer", "idle", "shutting_down"}));
}

TEST(error, knows_no_other_names) {
  EXPECT_EQ(error_code_named(""), std::nullopt);
  EXPECT_EQ(error_code_named("BAD_JSON"), std::nullopt);
  EXPECT_EQ(error_code_named("bad_jso"), std::nullopt);
}

}  // namespace
}  // namespace spindrift
