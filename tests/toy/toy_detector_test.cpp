// A detector of whole points as somebody would add it: all that is its own is in this file. In the house its settings
// would stand in detect/settings.hpp, its entry in detect/registry.cpp, its name in common/model/verdict.hpp and its
// file in detect/CMakeLists.txt; flags, `by`, saved state and the reckoning of memory follow from the entry.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/detect/point_judge.hpp"
#include "server/detect/registry.hpp"

namespace spindrift {
namespace {

// Points whose values have the same sum over and over.
class frozen_judge final : public point_judge {
public:
  explicit frozen_judge(unsigned patience) : patience_(patience) {}

  bool observe(std::span<const double> values, double /*t_seconds*/) override {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    same_ = sum == last_ ? same_ + 1 : 0;
    last_ = sum;
    return same_ >= patience_;
  }
  void save(std::string& out) override {
    state_writer archive(out);
    archive(same_);
    archive(last_);
  }
  bool restore(std::string_view bytes) override {
    state_reader archive(bytes);
    archive(same_);
    archive(last_);
    return archive.ok() && archive.bytes_left() == 0;
  }

private:
  unsigned patience_;
  unsigned same_ = 0;
  double last_ = 0;
};

unsigned patience = 3;  // in the house a field of detector_settings

constexpr detector_entry entry = {
    .tag = detector_tag{9'999},
    .name = "frozen",
    .title = "frozen",
    .finds = "points that repeat the last one",
    .state_version = 1,
    .judges_points = true,
    .state_settings = [](const detector_settings&) { return std::uint32_t{0}; },
    .grown_bytes = [](const detector_settings&, std::size_t /*values*/) { return std::size_t{64}; },
    .append_options =
        [](detector_settings&, std::vector<detector_option>& options) {
          options.push_back({"--frozen-patience", "POINTS", "repetitions before it alarms", &patience});
        },
    .make = [](const detector_settings&, std::size_t /*values*/) -> std::unique_ptr<point_judge> {
      return std::make_unique<frozen_judge>(patience);
    },
};

TEST(toy_detector, is_what_the_registry_asks_of_one) {
  detector_settings settings;
  EXPECT_TRUE(entry.runs(settings));
  std::vector<detector_option> options;
  entry.append_options(settings, options);
  EXPECT_EQ(options.front().flag, "--frozen-patience");
  EXPECT_EQ(find_detector(entry.tag), nullptr) << "its tag is nobody's";
}

TEST(toy_detector, goes_on_from_its_saved_state) {
  const detector_settings settings;
  const std::array<double, 2> point = {1, 2};
  const auto judge = entry.make(settings, point.size());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(judge->observe(point, i));
  std::string bytes;
  judge->save(bytes);
  const auto later = entry.make(settings, point.size());
  ASSERT_TRUE(later->restore(bytes));
  EXPECT_TRUE(later->observe(point, 4));
  EXPECT_FALSE(later->restore(bytes + "x"));
}

}  // namespace
}  // namespace spindrift
