// Where state goes, and what an answered point survives.
#include "server/store/store_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "server/store/settings.hpp"
#include "tests/support/taken_flags.hpp"

namespace spindrift {
namespace {

using support::take_flags;
using testing::HasSubstr;

// A variable of the environment as it is for one test; null: not there.
class variable_of_store {
public:
  variable_of_store(const char* name, const char* value) : name_(name) {
    if (const char* const held = std::getenv(name)) before_ = held;
    set(value);
  }
  ~variable_of_store() { set(before_ ? before_->c_str() : nullptr); }
  variable_of_store(const variable_of_store&) = delete;
  variable_of_store& operator=(const variable_of_store&) = delete;

private:
  void set(const char* value) const {
    if (value == nullptr) ::unsetenv(name_);
    if (value != nullptr) ::setenv(name_, value, 1);
  }
  const char* name_;
  std::optional<std::string> before_;
};

std::string directory_of(const char* state_home, const char* home) {
  const variable_of_store state_variable("XDG_STATE_HOME", state_home);
  const variable_of_store home_variable("HOME", home);
  store_settings chosen;
  take_flags({}, chosen);
  return chosen.directory;
}

TEST(store_options, put_state_where_the_base_directories_say) {
  EXPECT_EQ(directory_of("/var/state", "/home/me"), "/var/state/spindrift");
  EXPECT_EQ(directory_of(nullptr, "/home/me"), "/home/me/.local/state/spindrift");
  EXPECT_EQ(directory_of("relative", "/home/me"), "/home/me/.local/state/spindrift") << "only whole paths count";
  EXPECT_EQ(directory_of("", "relative"), "");
  EXPECT_EQ(directory_of(nullptr, nullptr), "");
}

TEST(store_options, have_three_durabilities) {
  const std::pair<const char*, durability> known[] = {
      {"process", durability::process}, {"fsync", durability::fsync}, {"off", durability::off}};
  for (const auto& [word, meant] : known) {
    store_settings chosen;
    std::string printed;
    EXPECT_EQ(take_flags({"--durability", word}, chosen, &printed), "");
    EXPECT_EQ(chosen.durability_level, meant);
    EXPECT_THAT(printed, HasSubstr("durability = \"" + std::string(word) + "\"\n"));
  }
  store_settings chosen;
  EXPECT_THAT(take_flags({"--durability", "disk"}, chosen), HasSubstr("process, fsync or off"));
}

TEST(store_options, repair_only_where_that_was_asked_for) {
  store_settings chosen;
  EXPECT_EQ(take_flags({"--max-journal", "0"}, chosen), "");
  EXPECT_FALSE(chosen.repair);
  EXPECT_EQ(chosen.journal_bytes_max, 0U);
  EXPECT_EQ(take_flags({"--repair", "--state-dir", "/tmp/x"}, chosen), "");
  EXPECT_TRUE(chosen.repair);
  EXPECT_EQ(chosen.directory, "/tmp/x");
}

}  // namespace
}  // namespace spindrift
