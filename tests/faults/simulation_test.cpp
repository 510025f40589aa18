// Goal: whatever is cut, crashes, falls short or arrives late, an answered point is applied exactly once, its verdict
// never changes, and the server goes on as if nothing had happened.
// Method: see world.hpp; after every recovery the streams' states and all verdicts heard so far are compared with those
// of a run that was never disturbed. SPINDRIFT_SEED runs one seed alone, SPINDRIFT_SEEDS so many (300).
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/faults/world.hpp"

namespace spindrift::faults {
namespace {

constexpr std::uint32_t parts = 10;  // tests that ctest may run side by side

std::uint32_t number_in(const char* name, std::uint32_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

class seeds : public testing::TestWithParam<std::uint32_t> {
protected:
  seeds() {
    // SQLite syncs its file again and again; where memory can be a folder, a seed takes a tenth of the time.
    std::error_code absent;
    const bool has_memory = std::filesystem::is_directory("/dev/shm", absent) && ::access("/dev/shm", W_OK) == 0;
    folder_ = (has_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
              ("spindrift-world-" + std::to_string(::getpid()) + "-" + std::to_string(GetParam()));
  }
  ~seeds() override { std::filesystem::remove_all(folder_); }

  // The points that were applied.
  std::uint64_t run_seed(std::uint32_t seed) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    world made(seed, folder_);
    const std::string wrong = made.run();
    EXPECT_EQ(wrong, "") << "seed " << seed << "; again with SPINDRIFT_SEED=" << seed;
    EXPECT_GE(made.crashes(), 4U);
    return made.points_told();
  }

private:
  std::filesystem::path folder_;
};

TEST_P(seeds, answer_every_point_exactly_once) {
  if (const std::uint32_t alone = number_in("SPINDRIFT_SEED", 0); alone != 0) {
    if (GetParam() == 0) run_seed(alone);
    return;
  }
  const std::uint32_t count = number_in("SPINDRIFT_SEEDS", 300);
  std::uint64_t points = 0;
  std::uint32_t done = 0;
  for (std::uint32_t seed = 1 + GetParam(); seed <= count && !HasFailure(); seed += parts, ++done)
    points += run_seed(seed);
  EXPECT_GT(points, 200U * done) << "else the test has tested nothing";
}

INSTANTIATE_TEST_SUITE_P(simulation, seeds, testing::Range(0U, parts));

}  // namespace
}  // namespace spindrift::faults
