// Goal: the same points give the same verdict lines in every build: optimised or not, GCC or clang, today or next year.
// Method: scenario points go through the engine and the wire's encoder; the hash of all lines must be the one below,
// which g++ 12 -O0 and -O3 and clang++ 14 agree on. A change of a detector that is meant to change verdicts changes the
// hash: then the test's output has the new one.
//
// The event alarm's score goes through log10, whose last bit is the C library's: it is rounded to nine digits here. The
// isolation forest is left out for the same reason, and so are the events, which weigh logarithms.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "client/scenario.hpp"
#include "common/protocol/encode.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t points = 2'000;

double nine_digits(double value) {
  return std::floor(value * 1e9 + 0.5) * 1e-9;
}

std::string verdict_lines(scenario_name name, const detector_settings& settings) {
  scenario from({.name = name, .seed = 7, .drift_points = {1'000}});
  counters counts;
  engine observer({.detectors = settings}, counts);
  batch one;
  sample made;
  std::string lines;
  for (std::uint64_t i = 0; i < points; ++i) {
    from.next(0, made);
    point what;
    what.stream = name_of(name);
    what.value = made.value;
    what.values = made.values;
    what.ts = made.ts;
    one.clear();
    one.points.push_back(what);
    observer.observe(one, {});
    verdict& seen = one.outcomes.front().what;
    if (seen.score) seen.score = nine_digits(*seen.score);
    seen.event = 0;
    encode(seen, lines);
  }
  return lines;
}

// FNV-1a, 64 bits.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

struct expected_hash {
  scenario_name name;
  std::uint64_t hash;
};

void expect_hashes(const detector_settings& settings, const std::vector<expected_hash>& all) {
  for (const auto& [name, hash] : all) {
    const std::string lines = verdict_lines(name, settings);
    EXPECT_EQ(hash_of(lines), hash) << name_of(name) << ": 0x" << std::hex << hash_of(lines) << "ULL";
  }
}

TEST(verdict_hash, default_detectors_say_the_same_in_every_build) {
  expect_hashes({}, {{scenario_name::sine, 0x69931FC756AA92C5ULL},
                     {scenario_name::daily, 0x59F3C2C9343571F3ULL},
                     {scenario_name::iot, 0xA77E9002B8803489ULL},
                     {scenario_name::bimodal, 0x9911432C82B59342ULL},
                     {scenario_name::random, 0xABB65CD015E68BFCULL}});
}

TEST(verdict_hash, the_classic_baseline_says_the_same_in_every_build) {
  detector_settings settings;
  settings.zscore.method = zscore_method::classic;
  settings.ensemble_on = false;
  expect_hashes(settings, {{scenario_name::sine, 0x0118A414F5AC880EULL},
                           {scenario_name::daily, 0x9F1023FD354F7270ULL},
                           {scenario_name::iot, 0x98640C5E7BA51FC3ULL}});
}

TEST(verdict_hash, the_seasonal_baseline_says_the_same_in_every_build) {
  detector_settings settings;
  settings.zscore.seasonal = true;
  settings.ensemble_on = false;
  expect_hashes(settings, {{scenario_name::sine, 0xFC639B3C9C8B9BE2ULL},
                           {scenario_name::daily, 0xC85DCA990845499EULL},
                           {scenario_name::iot, 0xBAE5B688590F5562ULL}});
}

TEST(verdict_hash, a_second_run_says_the_same_to_the_last_bit_with_every_detector) {
  detector_settings settings;
  settings.isolation_forest_on = true;
  EXPECT_EQ(verdict_lines(scenario_name::iot, settings), verdict_lines(scenario_name::iot, settings));
}

}  // namespace
}  // namespace spindrift
