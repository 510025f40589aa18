// Why a point was not applied, in the words of the wire.
#include "server/pipeline/refusal_error.hpp"

#include <gtest/gtest.h>

#include <set>

#include "common/model/point.hpp"
#include "server/engine/refusal.hpp"

namespace spindrift {
namespace {

constexpr refusal refusals_there_are[] = {refusal::too_many_streams, refusal::too_much_memory, refusal::memory_full,
                                          refusal::other_features,   refusal::storage_full,    refusal::other_unit};

TEST(refusal_error, has_a_code_and_words_of_its_own_for_each) {
  std::set<std::string> texts;
  for (const refusal why : refusals_there_are) {
    const protocol_error made = refusal_error(why, point{});
    EXPECT_EQ(made.code, code_of(why));
    EXPECT_TRUE(texts.insert(made.message).second) << made.message;
  }
  EXPECT_EQ(code_of(refusal::too_much_memory), error_code::too_many_streams);
  EXPECT_EQ(code_of(refusal::other_features), error_code::bad_frame);
  EXPECT_EQ(code_of(refusal::other_unit), error_code::bad_value);
  EXPECT_EQ(code_of(refusal::storage_full), error_code::storage_full);
}

TEST(refusal_error, carries_the_number_that_the_producer_gave) {
  point refused;
  refused.seq = 42;
  for (const refusal why : refusals_there_are) EXPECT_EQ(refusal_error(why, refused).seq, 42U);
  EXPECT_EQ(refusal_error(refusal::storage_full, point{}).seq, 0U);
}

TEST(refusal_error, names_the_stream_where_that_is_what_is_wrong) {
  point refused;
  refused.stream = "pump";
  EXPECT_EQ(refusal_error(refusal::other_features, refused).stream, "pump");
  EXPECT_EQ(refusal_error(refusal::other_unit, refused).stream, "pump");
  EXPECT_EQ(refusal_error(refusal::storage_full, refused).stream, "");
}

TEST(refusal_error, slows_no_client_down_for_what_the_server_lacks) {
  for (const refusal why :
       {refusal::too_many_streams, refusal::too_much_memory, refusal::memory_full, refusal::storage_full}) {
    EXPECT_TRUE(is_servers_want(code_of(why)));
  }
  EXPECT_FALSE(is_servers_want(code_of(refusal::other_features)));
  EXPECT_FALSE(is_servers_want(code_of(refusal::other_unit)));
}

}  // namespace
}  // namespace spindrift
