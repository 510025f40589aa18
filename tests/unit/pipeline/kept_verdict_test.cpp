// Goal: what is kept of a verdict gives its line, whatever the verdict has.
// Method: seeded verdicts with every field there or not; their lines are compared with those of the encoder.
#include "server/pipeline/kept_verdict.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/model/verdict.hpp"
#include "common/protocol/encode.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

// Owns what its verdict looks into.
struct made_verdict {
  std::string stream;
  std::vector<std::string> names{};
  std::vector<feature> values{};
  std::vector<feature_verdict> by_feature{};
  verdict judged{};
};

double number(support::noise_source& from) {
  if (from.chance(0.05)) return std::numeric_limits<double>::quiet_NaN();
  return (from.uniform() - 0.5) * std::pow(10.0, static_cast<double>(from.below(30)) - 10);
}

void add_features(support::noise_source& from, made_verdict& into) {
  const std::size_t count = 1 + from.below(64);
  for (std::size_t i = 0; i < count; ++i)
    into.names.push_back("f" + std::string(from.below(62), 'x') + char('0' + i % 10));
  for (const std::string& name : into.names) {
    into.values.push_back({name, number(from)});
    into.by_feature.push_back({number(from), number(from), number(from)});
  }
  into.judged.subject.values = into.values;
  into.judged.by_feature = into.by_feature;
  into.judged.feature = into.names.front();
}

void fill(support::noise_source& from, made_verdict& into) {
  into.stream = std::string(1 + from.below(256), 's');
  verdict& judged = into.judged;
  judged.subject.stream = into.stream;
  judged.subject.value = number(from);
  judged.subject.ts = static_cast<std::int64_t>(from.below(std::uint64_t{1} << 50U)) - 1'000'000;
  judged.subject.seq = from.chance(0.9) ? from.below(std::uint64_t{1} << 53U) : 0;
  if (from.chance(0.5)) judged.subject.label = from.chance(0.5);
  judged.n = from.below(1'000'000);
  judged.expected = number(from);
  judged.sigma = number(from);
  judged.z = number(from);
  judged.anomaly = from.chance(0.5);
  judged.by = static_cast<std::uint8_t>(1 + from.below(3));
  if (from.chance(0.3)) judged.drift = adwin_cut{number(from), number(from), number(from)};
  judged.alarm = from.chance(0.5);
  if (from.chance(0.5)) judged.score = number(from);
  if (from.chance(0.3)) judged.rate = number(from);
  judged.warmup = from.chance(0.2);
  judged.late = from.chance(0.2);
  judged.unit = static_cast<time_unit>(from.below(5));
  judged.event = from.chance(0.5) ? from.below(1'000) : 0;
  judged.kind = static_cast<event_kind>(from.below(event_kind_count));
  if (from.chance(0.3)) add_features(from, into);
}

TEST(kept_verdict, gives_the_line_that_was_sent) {
  support::noise_source noise(1);
  std::string kept;
  for (int i = 0; i < 20'000; ++i) {
    made_verdict made;
    fill(noise, made);
    pack_verdict(made.judged, kept);
    std::string line;
    append_kept_line(kept, false, line);
    std::string sent;
    encode(made.judged, sent);
    ASSERT_EQ(line, sent);
  }
}

TEST(kept_verdict, marks_the_line_of_a_point_that_comes_again) {
  verdict judged;
  judged.subject.stream = "s";
  std::string kept;
  pack_verdict(judged, kept);
  std::string line = "before ";
  append_kept_line(kept, true, line);
  EXPECT_TRUE(line.starts_with("before {\"type\":\"verdict\""));
  EXPECT_TRUE(line.ends_with(",\"dup\":true}\n"));
}

TEST(kept_verdict, takes_a_line_as_it_is) {
  std::string line;
  append_kept_line("{\"type\":\"verdict\"}\n", false, line);
  EXPECT_EQ(line, "{\"type\":\"verdict\"}\n");
  append_kept_line("{\"type\":\"verdict\"}\n", true, line);
  EXPECT_EQ(line, "{\"type\":\"verdict\"}\n{\"type\":\"verdict\",\"dup\":true}\n");
}

}  // namespace
}  // namespace spindrift
