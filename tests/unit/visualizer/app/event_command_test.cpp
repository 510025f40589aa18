#include "visualizer/app/event_command.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(event_command, shows_what_explains_an_event) {
  const std::string shown = explained(
      R"({"type":"explanation","event":17,"stream":"pump.7","state":"closed","kind":"shift","direction":"up",)"
      R"("severity":63,"told_n":1203,"told":1764000123000,"from_n":1195,"from":1764000115000,"to_n":null,"to":null,)"
      R"("points":9,"text":"level rose from 21 to 26.4","marked":"expected",)"
      R"("evidence":{"event":{"nines":6.125},"zscore":{"z":7.25}},)"
      R"("context":{"before":[{"ts":1764000114000,"value":21.3}],)"
      R"("from":[{"n":1195,"ts":1764000115000,"value":26.5,"expected":21.1,"sigma":null}]}})");
  for (const char* const part :
       {"pump.7, event 17: level rose from 21 to 26.4", "shift, up, closed, severity 63, marked as expected",
        "point 1195", "2025-11-24T16:02:03.000Z (point 1203)", "event nines 6.125", "21.3", "26.5"}) {
    EXPECT_NE(shown.find(part), std::string::npos) << part << " is missing in\n" << shown;
  }
}

TEST(event_command, shows_whatever_a_server_says_without_harm) {
  for (const char* const reply : {"", "{", "[1]", R"({"evidence":[],"context":{"before":7,"from":[1,{}]}})",
                                  R"({"stream":"\u001b[2J","event":"x","evidence":{"a":1,"b":{"c":"d"}}})"}) {
    EXPECT_EQ(explained(reply).find('\x1b'), std::string::npos);
  }
}

TEST(event_command, is_told_from_the_viewers_own_options) {
  const char* const explain[] = {"spindrift-viz", "explain", "a", "1"};
  const char* const plain[] = {"spindrift-viz", "--streams", "explain"};
  EXPECT_TRUE(is_event_command(4, explain));
  EXPECT_FALSE(is_event_command(3, plain));
}

}  // namespace
}  // namespace spindrift
