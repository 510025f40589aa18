// Goal: streams are taken in by what they really grow to, since too little breaks the ceiling and too much wastes it.
// Method: streams of several kinds grow old under an allocator that counts, and are held against the reckoning.
#include "server/engine/stream_profile.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "server/engine/stream.hpp"
#include "tests/quality/heap_count.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

enum class course { noise, walk, wave, days, levels, spikes };
constexpr std::array courses = {course::noise, course::walk,   course::wave,
                                course::days,  course::levels, course::spikes};

class old_stream {
public:
  static constexpr int points = 20'000;
  static constexpr int interval_s = 300;  // some ten weeks

  old_stream(const detector_settings& settings, std::size_t width) : profile_(settings), width_(width) {}

  double reckoned() const { return static_cast<double>(profile_.grown_bytes(width_)); }

  // The heap bytes of a stream that has grown old so.
  double bytes(course kind) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; width_ > 1 && i < width_; ++i) names.push_back("feature" + std::to_string(i));
    const std::size_t before = quality::live_heap_bytes();
    const auto profile = std::make_shared<const stream_profile>(profile_.detectors);
    const auto grown = stream::make("a-stream", names, profile);
    feed(*grown, kind);
    return static_cast<double>(quality::live_heap_bytes() - before);
  }

private:
  void feed(stream& to, course kind) const {
    support::noise_source noise(7);
    std::vector<double> values(width_);
    std::vector<double> levels(width_);
    for (int i = 1; i <= points; ++i) {
      const double t = 1.7e9 + static_cast<double>(i) * interval_s;
      for (std::size_t k = 0; k < width_; ++k) values[k] = next(kind, i, t, levels[k], noise);
      std::vector<event> told;
      const reading seen = to.detectors.update(values, t);
      to.events.update(++to.n, static_cast<std::int64_t>(t * 1'000), values, seen, told);
    }
  }
  static double next(course kind, int i, double t, double& level, support::noise_source& noise) {
    switch (kind) {
      case course::noise:
        return noise.normal();
      case course::walk:
        return level += noise.normal();
      case course::wave:
        return 10 * support::steady_sin(2 * support::pi * i / 50) + noise.normal();
      case course::days:
        return 10 * support::steady_sin(2 * support::pi * (t - 1.7e9) / 86'400) + noise.normal();
      case course::levels:
        return (i / 300 % 2 == 0 ? 0 : 30) + noise.normal();
      case course::spikes:
        return (i % 97 == 0 ? 60 : 0) + noise.normal();
    }
    return 0;
  }

  stream_profile profile_;
  std::size_t width_;
};

void expect_fit(const detector_settings& settings, std::size_t width) {
  const old_stream grown(settings, width);
  double sum = 0;
  for (const course kind : courses) {
    const double bytes = grown.bytes(kind);
    sum += bytes;
    EXPECT_LE(bytes, grown.reckoned() * 1.35) << "course " << static_cast<int>(kind);
  }
  const double mean = sum / courses.size();
  EXPECT_LE(mean, grown.reckoned());
  EXPECT_GE(mean, grown.reckoned() * 0.65);
}

TEST(stream_profile, reckons_with_what_a_stream_grows_to) {
  expect_fit(detector_settings{}, 1);
}

TEST(stream_profile, reckons_with_the_detectors_that_run) {
  detector_settings settings;
  settings.ensemble_on = false;
  expect_fit(settings, 1);
  settings.zscore.method = zscore_method::classic;
  expect_fit(settings, 1);
  settings.adwin_on = false;
  settings.ensemble_on = true;
  expect_fit(settings, 1);
}

TEST(stream_profile, reckons_with_every_value) {
  expect_fit(detector_settings{}, 4);
}

}  // namespace
}  // namespace spindrift
