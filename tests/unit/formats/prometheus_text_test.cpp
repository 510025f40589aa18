// Prometheus' text where labels have quotes, and what stands behind them.
#include <gtest/gtest.h>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::string scraped(std::string_view line) {
  return shown_line(read_prometheus_text, line);
}

TEST(prometheus_line, has_labels_whose_values_may_hold_anything) {
  EXPECT_EQ(scraped(R"(m{a="}, b=\"c\""} 1)"), "m,a=}, b=_c_=1");
  EXPECT_EQ(scraped(R"(m{ a ="x" , b="y" , } 1)"), "m,a=x,b=y=1");
  EXPECT_EQ(scraped(R"(m{a=""} 1)"), "m,a==1");
}

TEST(prometheus_line, ends_with_a_value_and_perhaps_a_time) {
  EXPECT_EQ(scraped(R"(m{a="x"} 1 1795286073123)"), "m,a=x=1@1795286073123");
  EXPECT_EQ(scraped(R"(m{a="x"} 1 yesterday)"), "!bad_time");
  EXPECT_EQ(scraped(R"(m{a="x"} 1 1795286073123 # exemplar)"), "!bad_syntax");
  EXPECT_EQ(scraped(R"(m{a="x"} +Inf)"), "!not_finite");
  EXPECT_EQ(scraped(R"(m{a="x"} one)"), "!bad_value");
}

TEST(prometheus_line, of_a_counter_is_told_by_the_name_and_not_by_a_label) {
  EXPECT_EQ(scraped(R"(hits_total{a="x"} 1)"), "hits_total,a=x=1+");
  EXPECT_EQ(scraped(R"(hits{a="x_total"} 1)"), "hits,a=x_total=1");
}

TEST(prometheus_line, without_closed_labels_is_of_another_format) {
  for (const char* const line : {R"(m{a="x")", R"(m{a="x} 1)", R"(m{a=x} 1)", R"(m{="x"} 1)", R"(m{a="x\)",
                                 "m{a=", R"({a="x"} 1)", R"(m n{a="x"} 1)", "m 1"}) {
    EXPECT_EQ(scraped(line), "another") << line;
  }
}

}  // namespace
}  // namespace spindrift::formats
