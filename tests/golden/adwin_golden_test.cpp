// Both ADWINs against what river answered; tests/golden/README.md says where the files come from.
#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "server/detect/adwin.hpp"
#include "tests/support/plain_adwin.hpp"

namespace spindrift {
namespace {

const std::filesystem::path golden = std::filesystem::path(SPINDRIFT_SOURCE_DIR) / "tests" / "golden" / "adwin";

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<double> read_values(const std::string& name) {
  const std::string text = read_whole(golden / (name + ".input.csv"));
  std::vector<double> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    double value = 0.0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) break;
    values.push_back(value);
    at = next == end ? end : next + 1;
  }
  return values;
}

double number(const nlohmann::json& field) {
  return field.is_string() ? std::stod(field.get<std::string>()) : field.get<double>();
}

adwin_settings settings_of(const nlohmann::json& run) {
  adwin_settings settings;
  settings.delta = run.at("delta");
  settings.clock = run.at("clock");
  settings.max_buckets = run.at("max_buckets");
  settings.min_window_length = run.at("min_window_length");
  settings.grace_period = run.at("grace_period");
  return settings;
}

struct outcome {
  std::vector<int> detections;
  std::vector<double> widths;
  double width;
  double total;
  double mean;
  double variance_sum;
};

// `start_afresh` is called before the update after a detection in mode wrapper.
template <class Detector, class StartAfresh>
outcome replay(Detector& detector, const std::vector<double>& values, bool wrapper, StartAfresh start_afresh) {
  outcome seen;
  bool detected = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (wrapper && detected) start_afresh(detector);
    detected = detector.update(values[i]);
    if (!detected) continue;
    seen.detections.push_back(static_cast<int>(i));
    seen.widths.push_back(detector.width());
  }
  seen.width = detector.width();
  seen.total = detector.total();
  seen.mean = detector.mean();
  seen.variance_sum = detector.variance_sum();
  return seen;
}

void expect_equal(const outcome& seen, const nlohmann::json& run) {
  EXPECT_EQ(seen.detections, run.at("detections").get<std::vector<int>>());
  EXPECT_EQ(seen.widths, run.at("width_after").get<std::vector<double>>());
  const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
  EXPECT_EQ(seen.width, number(run.at("final_width")));
  EXPECT_EQ(bits(seen.total), bits(number(run.at("total"))));
  EXPECT_EQ(bits(seen.mean), bits(number(run.at("mean"))));
  EXPECT_EQ(bits(seen.variance_sum), bits(number(run.at("variance_sum"))));
}

class adwin_golden : public testing::TestWithParam<const char*> {};

TEST_P(adwin_golden, is_river_bit_for_bit_in_every_run) {
  const std::vector<double> values = read_values(GetParam());
  const auto expected = nlohmann::json::parse(read_whole(golden / (std::string(GetParam()) + ".river.json")));
  ASSERT_EQ(values.size(), expected.at("n").get<std::size_t>());
  ASSERT_GE(expected.at("runs").size(), 12U);
  for (const auto& run : expected.at("runs")) {
    SCOPED_TRACE(run.at("mode").get<std::string>() + " delta " + run.at("delta").dump() + " clock " +
                 run.at("clock").dump() + " max_buckets " + run.at("max_buckets").dump());
    const adwin_settings settings = settings_of(run);
    ASSERT_TRUE(validate(settings).empty());
    const bool wrapper = run.at("mode") == "wrapper";
    adwin fast(settings);
    expect_equal(replay(fast, values, wrapper, [](adwin& d) { d.restart(); }), run);
    EXPECT_EQ(fast.n_detections(), run.at("n_detections_total").get<std::uint64_t>());
    plain_adwin plain(settings);
    expect_equal(replay(plain, values, wrapper, [&](plain_adwin& d) { d = plain_adwin(settings); }), run);
  }
}

INSTANTIATE_TEST_SUITE_P(all, adwin_golden,
                         testing::Values("abrupt_mean", "alternating", "bernoulli_02_08", "constant", "gradual_ramp",
                                         "huge_offset", "latency_exponential", "several_shifts", "short_40",
                                         "sine_spikes", "stationary_n01", "tiny_scale"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace spindrift
