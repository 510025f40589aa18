// Points and faults, as a reader collects them.
#include "server/formats/parsed.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "common/model/limit.hpp"
#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::vector<feature> features_of(std::size_t count, std::vector<std::string>& names) {
  names.clear();
  for (std::size_t i = 0; i < count; ++i) names.push_back("f" + std::to_string(i));
  std::vector<feature> made;
  for (const std::string& name : names) made.push_back({name, 1});
  return made;
}

TEST(parsed, mends_a_name_or_refuses_it) {
  parsed into;
  EXPECT_TRUE(into.add("a*b", 1, 5, "line"));
  EXPECT_FALSE(into.add("\xff", 1, 5, "line"));
  EXPECT_FALSE(into.add("", 1, 5, "line"));
  EXPECT_EQ(shown(into), "a_b=1@5 !bad_name !bad_name");
}

TEST(parsed, copies_a_name_only_where_it_is_asked_to) {
  parsed into;
  const std::string name = "a.name";
  into.add(name, 1, {}, "");
  into.add_copy(name, 1, {}, "");
  EXPECT_EQ(into.points()[0].stream.data(), name.data());
  EXPECT_NE(into.points()[1].stream.data(), name.data());
  EXPECT_EQ(into.points()[1].stream, name);
}

TEST(parsed, takes_no_value_that_is_not_finite) {
  parsed into;
  EXPECT_FALSE(into.add("a", std::numeric_limits<double>::quiet_NaN(), {}, ""));
  EXPECT_FALSE(into.add_text("a", "inf", {}, ""));
  EXPECT_FALSE(into.add_text("a", "1,5", {}, ""));
  EXPECT_TRUE(into.add_text("a", "1.5", {}, ""));
  EXPECT_EQ(shown(into), "a=1.5 !bad_value !not_finite !not_finite");
}

TEST(parsed, takes_points_of_one_to_64_features_each_with_a_name_of_its_own) {
  std::vector<std::string> names;
  parsed into;
  EXPECT_FALSE(into.add_values("a", {}, {}, ""));
  EXPECT_TRUE(into.add_values("a", features_of(model::features_max, names), {}, ""));
  EXPECT_FALSE(into.add_values("a", features_of(model::features_max + 1, names), {}, ""));
  const std::array<feature, 2> twice = {{{"x", 1}, {"x", 2}}};
  EXPECT_FALSE(into.add_values("a", twice, {}, ""));
  const std::array<feature, 1> infinite = {{{"x", std::numeric_limits<double>::infinity()}}};
  EXPECT_FALSE(into.add_values("a", infinite, {}, ""));
  EXPECT_EQ(into.points().size(), 1U);
  EXPECT_EQ(into.points()[0].values.size(), model::features_max);
  EXPECT_EQ(into.fault_count(fault_cause::bad_value), 4U);
}

TEST(parsed, keeps_64_faults_with_their_text_and_counts_the_rest) {
  parsed into;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    into.set_line(i);
    into.refuse(fault_cause::bad_time, "line", "why");
  }
  EXPECT_EQ(into.faults().size(), parsed::faults_max);
  EXPECT_EQ(into.faults().back().number, 64U);
  EXPECT_STREQ(into.faults().back().reason, "why");
  EXPECT_EQ(into.fault_count(), 100U);
  EXPECT_EQ(into.fault_count(fault_cause::bad_time), 100U);
  EXPECT_EQ(into.fault_count(fault_cause::bad_name), 0U);
}

TEST(parsed, marks_counters_from_a_point_on) {
  parsed into;
  for (const char* const name : {"a", "b", "c"}) into.add(name, 1, {}, "");
  into.mark_counters(1);
  EXPECT_EQ(shown(into), "a=1 b=1+ c=1+");
  into.drop_points(1);
  EXPECT_EQ(shown(into), "a=1");
}

TEST(parsed, is_empty_again_when_it_is_cleared) {
  parsed into;
  into.add("a", 1, {}, "");
  into.refuse(fault_cause::bad_time, "line", "why");
  into.skip();
  into.ask_version();
  into.clear();
  EXPECT_EQ(shown(into), "");
  EXPECT_TRUE(into.faults().empty());
  EXPECT_EQ(into.fault_count() + into.skipped(), 0U);
  EXPECT_FALSE(into.asks_version());
}

}  // namespace
}  // namespace spindrift::formats
