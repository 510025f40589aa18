#include "server/store/event_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace spindrift {
namespace {

class event_file : public testing::Test {
protected:
  event_file() {
    std::string name = testing::TempDir() + "/event_file.XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~event_file() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(event_file, is_nobody_elses_to_read) {
  ASSERT_EQ(make_private_file(path("events")), 0);
  struct stat found {};
  ASSERT_EQ(::stat(path("events").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(event_file, is_no_link_but_may_lie_behind_one) {
  ASSERT_EQ(make_private_file(path("events")), 0);
  std::filesystem::create_symlink(path("events"), path("link"));
  EXPECT_EQ(make_private_file(path("link")), ELOOP);
  std::filesystem::create_directory_symlink(folder_, path("here"));
  EXPECT_EQ(without_links(path("here/events")), std::filesystem::canonical(folder_).string() + "/events");
}

TEST_F(event_file, is_set_aside_with_its_logs_under_the_first_free_number) {
  for (const char* const name : {"events", "events-wal", "events.damaged-1"}) std::ofstream(path(name)) << name;
  EXPECT_EQ(set_file_aside(path("events")), path("events.damaged-2"));
  EXPECT_FALSE(std::filesystem::exists(path("events")));
  EXPECT_TRUE(std::filesystem::exists(path("events.damaged-2-wal")));
  EXPECT_EQ(set_file_aside(path("events")), "") << "there is none any more";
}

}  // namespace
}  // namespace spindrift
