// The real file system below the store: modes, the lock, and one whole life on a disk.
#include "server/store/posix_file_system.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "server/store/state_directory.hpp"
#include "server/store/store.hpp"
#include "tests/unit/store/toy_engine.hpp"

namespace spindrift {
namespace {

class posix_disk : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "spindrift-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  static unsigned mode_of(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777U : 0U;
  }

  posix_file_system files_;
  std::string root_;
};

TEST_F(posix_disk, makes_the_directory_with_its_parents_for_the_owner_only) {
  state_directory directory(files_);
  ASSERT_TRUE(directory.open(root_ + "/a/b/state").ok());
  EXPECT_EQ(mode_of(root_ + "/a"), 0700U);
  EXPECT_EQ(mode_of(root_ + "/a/b/state"), 0700U);
  EXPECT_EQ(mode_of(root_ + "/a/b/state/lock"), 0600U);
}

TEST_F(posix_disk, closes_an_empty_directory_to_others_but_leaves_a_used_one_alone) {
  ::mkdir((root_ + "/empty").c_str(), 0755);
  ::mkdir((root_ + "/used").c_str(), 0755);
  ::chmod((root_ + "/empty").c_str(), 0755);
  ::chmod((root_ + "/used").c_str(), 0755);
  ASSERT_NE(files_.create(root_ + "/used/something").file, nullptr);
  state_directory empty(files_), used(files_);
  EXPECT_TRUE(empty.open(root_ + "/empty").ok());
  EXPECT_TRUE(used.open(root_ + "/used").ok());
  EXPECT_EQ(mode_of(root_ + "/empty"), 0700U);
  EXPECT_EQ(mode_of(root_ + "/used"), 0755U);
}

TEST_F(posix_disk, says_why_a_directory_cannot_be_made) {
  ASSERT_NE(files_.create(root_ + "/file").file, nullptr);
  for (const std::string path : {"/file", "/file/state"}) {
    state_directory directory(files_);
    const auto status = directory.open(root_ + path);
    EXPECT_EQ(status.fault, storage_fault::failed);
    EXPECT_NE(status.text().find("Not a directory"), std::string::npos) << status.text();
  }
}

TEST_F(posix_disk, lets_one_process_in_and_names_it_to_the_next) {
  state_directory first(files_);
  ASSERT_TRUE(first.open(root_).ok());
  const pid_t child = ::fork();
  if (child == 0) {
    posix_file_system files;
    state_directory second(files);
    const auto status = second.open(root_);
    const bool is_named = status.text().find("process " + std::to_string(::getppid())) != std::string::npos;
    ::_exit(status.fault == storage_fault::locked && is_named ? 0 : 1);
  }
  int result = 0;
  ASSERT_EQ(::waitpid(child, &result, 0), child);
  EXPECT_EQ(result, 0);
}

TEST_F(posix_disk, lets_nobody_in_who_has_deleted_the_locks_file) {
  state_directory first(files_);
  ASSERT_TRUE(first.open(root_).ok());
  ASSERT_EQ(files_.remove(root_ + "/lock"), 0);
  posix_file_system files;
  state_directory second(files);
  EXPECT_EQ(second.open(root_).fault, storage_fault::locked);
  EXPECT_TRUE(first.check().ok());
}

TEST_F(posix_disk, lets_nobody_in_while_a_version_before_holds_the_file_alone) {
  const int file = ::open((root_ + "/lock").c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(file, LOCK_EX | LOCK_NB), 0);
  state_directory next(files_);
  EXPECT_EQ(next.open(root_).fault, storage_fault::locked);
  ::close(file);
  EXPECT_TRUE(next.open(root_).ok());
}

TEST_F(posix_disk, follows_no_link_in_the_directory_but_one_to_it) {
  ::mkdir((root_ + "/state").c_str(), 0700);
  ASSERT_EQ(::symlink("state", (root_ + "/way").c_str()), 0);
  ASSERT_NE(files_.create(root_ + "/target").file->write_at(0, "precious").bytes, 0U);
  ASSERT_EQ(::symlink("../target", (root_ + "/state/lock").c_str()), 0);
  state_directory refused(files_);
  const auto status = refused.open(root_ + "/way");
  EXPECT_NE(status.text().find("symbolic link"), std::string::npos) << status.text();
  EXPECT_EQ(files_.open(root_ + "/target").file->size(), 8U);
  ASSERT_EQ(files_.remove(root_ + "/state/lock"), 0);
  state_directory allowed(files_);
  EXPECT_TRUE(allowed.open(root_ + "/way").ok());
  ASSERT_EQ(::symlink("../target", (root_ + "/state/journal").c_str()), 0);
  EXPECT_EQ(files_.open(root_ + "/way/journal").error, ELOOP);
  EXPECT_EQ(files_.create(root_ + "/way/journal").error, EEXIST);
}

TEST_F(posix_disk, works_in_the_locked_directory_wherever_it_is_moved_and_says_so) {
  state_directory moved(files_);
  ASSERT_TRUE(moved.open(root_ + "/state").ok());
  ASSERT_NE(files_.create(root_ + "/state/one").file, nullptr);
  ASSERT_EQ(::rename((root_ + "/state").c_str(), (root_ + "/elsewhere").c_str()), 0);
  EXPECT_NE(moved.check().text().find("moved"), std::string::npos);
  ::mkdir((root_ + "/state").c_str(), 0700);
  EXPECT_NE(moved.check().text().find("replaced"), std::string::npos);
  EXPECT_EQ(files_.list(root_ + "/state").names, (std::vector<std::string>{"lock", "one"}));
  EXPECT_EQ(files_.rename(root_ + "/state/one", root_ + "/state/two"), 0);
  EXPECT_EQ(files_.sync_directory(root_ + "/state"), 0);
  EXPECT_TRUE(std::filesystem::exists(root_ + "/elsewhere/two"));
}

TEST_F(posix_disk, notices_that_the_directory_or_a_file_was_deleted) {
  state_directory directory(files_);
  ASSERT_TRUE(directory.open(root_ + "/state").ok());
  const auto made = files_.create(root_ + "/state/file");
  EXPECT_TRUE(directory.check().ok());
  EXPECT_TRUE(made.file->has_name());
  std::filesystem::remove_all(root_ + "/state");
  EXPECT_FALSE(made.file->has_name());
  EXPECT_EQ(directory.check().fault, storage_fault::failed);
  EXPECT_NE(directory.check().text().find("deleted"), std::string::npos) << directory.check().text();
}

TEST_F(posix_disk, gives_the_lock_back_when_the_holder_is_killed) {
  const pid_t child = ::fork();
  if (child == 0) {
    posix_file_system files;
    state_directory holder(files);
    if (holder.open(root_).ok()) ::raise(SIGKILL);
    ::_exit(1);
  }
  int result = 0;
  ASSERT_EQ(::waitpid(child, &result, 0), child);
  ASSERT_TRUE(WIFSIGNALED(result));
  state_directory next(files_);
  EXPECT_TRUE(next.open(root_).ok());
}

TEST_F(posix_disk, reports_errors_and_the_end_of_a_file) {
  EXPECT_EQ(files_.open(root_ + "/none").error, ENOENT);
  auto made = files_.create(root_ + "/file");
  ASSERT_NE(made.file, nullptr);
  EXPECT_EQ(mode_of(root_ + "/file"), 0600U);
  EXPECT_EQ(files_.create(root_ + "/file").error, EEXIST);
  EXPECT_EQ(made.file->write_at(3, "abc").bytes, 3U);
  EXPECT_EQ(made.file->size(), 6U);
  char bytes[10] = {};
  EXPECT_EQ(made.file->read_at(2, bytes).bytes, 4U);
  EXPECT_EQ(std::string(bytes + 1), "abc");
  EXPECT_EQ(made.file->sync(), 0);
  EXPECT_EQ(made.file->truncate(4), 0);
  EXPECT_EQ(made.file->read_at(3, bytes).bytes, 1U);
  EXPECT_EQ(files_.rename(root_ + "/file", root_ + "/other"), 0);
  EXPECT_EQ(files_.sync_directory(root_), 0);
  EXPECT_EQ(files_.list(root_).names, std::vector<std::string>{"other"});
  EXPECT_EQ(files_.remove(root_ + "/other"), 0);
  EXPECT_EQ(files_.remove(root_ + "/other"), ENOENT);
}

// A child is killed in mid-life, without any warning; its state must be there for the next.
TEST_F(posix_disk, store_on_a_disk_survives_sigkill) {
  store_settings settings;
  settings.directory = root_ + "/state";
  std::vector<toy_point> points(5);
  for (auto& each : points) each.stream = "cpu";
  const pid_t child = ::fork();
  if (child == 0) {
    posix_file_system files;
    store disk(files, settings);
    toy_engine engine;
    if (!disk.open().ok() || !engine.load(disk).ok() || !disk.start({}).ok()) ::_exit(1);
    for (int batch = 0; batch < 20; ++batch) {
      if (engine.send(points, &disk.points()) != journal_state::open) ::_exit(1);
      if (batch == 10 && !engine.save(disk).ok()) ::_exit(1);
    }
    ::raise(SIGKILL);
  }
  int result = 0;
  ASSERT_EQ(::waitpid(child, &result, 0), child);
  ASSERT_TRUE(WIFSIGNALED(result));
  toy_engine expected, recovered;
  for (int batch = 0; batch < 20; ++batch) expected.send(points, nullptr);
  store disk(files_, settings);
  ASSERT_TRUE(disk.open().ok() && recovered.load(disk).ok() && disk.start({}).ok()) << disk.status().text();
  EXPECT_EQ(recovered.text(), expected.text());
  for (const auto& name : files_.list(settings.directory).names) {
    EXPECT_EQ(mode_of(settings.directory + "/" + name), 0600U) << name;
  }
}

// RLIMIT_FSIZE stands in for a full disk: the kernel takes part of the write, then says EFBIG.
TEST_F(posix_disk, store_on_a_disk_recovers_from_a_file_size_limit) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    posix_file_system files;
    store_settings settings;
    settings.directory = root_ + "/state";
    store disk(files, settings);
    toy_engine engine;
    if (!disk.open().ok() || !engine.load(disk).ok() || !disk.start({}).ok()) ::_exit(1);
    std::vector<toy_point> points(5);
    for (auto& each : points) each.stream = "cpu";
    struct rlimit limit {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const struct rlimit small = {1'000, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    int accepted = 0;
    while (accepted < 1'000 && engine.send(points, &disk.points()) == journal_state::open) ++accepted;
    if (disk.points().state() != journal_state::full || accepted == 0 || accepted == 1'000) ::_exit(2);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    if (engine.send(points, &disk.points()) != journal_state::open) ::_exit(3);
    ::_exit(0);
  }
  int result = 0;
  ASSERT_EQ(::waitpid(child, &result, 0), child);
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace spindrift
