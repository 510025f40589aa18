// What went wrong on the disk, as a value and as a line.
#include "server/store/status.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace spindrift {
namespace {

TEST(storage_status, is_one_line_of_what_is_known) {
  EXPECT_TRUE(storage_status{}.ok());
  EXPECT_EQ(storage_status{}.text(), "");
  EXPECT_EQ((storage_status{storage_fault::damaged, "journal-1", 4'711, "checksum does not match"}).text(),
            "journal-1: offset 4711: checksum does not match");
  EXPECT_EQ((storage_status{storage_fault::failed, "journal-1", 0, "read"}).text(), "journal-1: read");
  EXPECT_EQ((storage_status{storage_fault::failed, "", 7, "read"}).text(), "offset 7: read");
  EXPECT_EQ((storage_status{storage_fault::failed, "", 0, "read"}).text(), "read");
  EXPECT_EQ((storage_status{storage_fault::locked, "state/lock", 0, ""}).text(), "state/lock");
}

TEST(storage_status, is_full_for_what_passes_when_something_is_given_back) {
  for (const int passing : {ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE}) {
    EXPECT_EQ(storage_error(passing, "f", 0, "write").fault, storage_fault::full) << passing;
  }
  for (const int final : {EIO, EROFS, EACCES, ENOENT, EBADF}) {
    EXPECT_EQ(storage_error(final, "f", 0, "write").fault, storage_fault::failed) << final;
  }
}

TEST(storage_status, says_what_was_being_done_and_why_it_failed) {
  EXPECT_EQ(storage_error(EIO, "journal-1", 12, "fsync").text(), "journal-1: offset 12: fsync: Input/output error");
  EXPECT_EQ(storage_error(ELOOP, "journal-1", 0, "open").text(),
            "journal-1: open: it is a symbolic link, and none is followed in the state directory");
}

}  // namespace
}  // namespace spindrift
