#include "server/backtest/line_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace spindrift {
namespace {

// Recorded verdicts are points again: which were judged by their rate, and which were learned alone, stands in them.
TEST(line_reader, takes_from_a_verdict_whether_its_point_was_learned_alone) {
  line_reader reader{table_settings{}};
  const std::string begin =
      R"({"type":"verdict","stream":"a","n":1,"ts":1764000000000,"value":1,"anomaly":false,"drift":false)";
  for (const bool is_learned : {true, false}) {
    const table::row found = reader.take(begin + (is_learned ? R"(,"learned":true})" : "}"));
    const auto* const read = std::get_if<point>(&found);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->is_learned, is_learned);
    EXPECT_FALSE(read->is_counter);
  }
}

}  // namespace
}  // namespace spindrift
