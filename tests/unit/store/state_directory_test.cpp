// The state directory: names of files by number, what is set aside, who holds it.
#include "server/store/state_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

TEST(numbered_name, is_read_back_and_no_other_spelling_of_it) {
  EXPECT_EQ(numbered_name(journal_prefix, 0x2a), "journal-000000000000002a");
  for (const journal_position position : {std::uint64_t{0}, std::uint64_t{0x2a}, UINT64_MAX}) {
    EXPECT_EQ(number_of_name(snapshot_prefix, numbered_name(snapshot_prefix, position)), position);
  }
  for (const char* const wrong :
       {"journal-", "journal-2a", "journal-000000000000002A", "journal-00000000000000002a", "snapshot-000000000000002a",
        "journal-000000000000002g", "journal-+00000000000002a", "journal-000000000000002a.damaged-1"}) {
    EXPECT_EQ(number_of_name(journal_prefix, wrong), std::nullopt) << wrong;
  }
}

class state_files : public testing::Test {
protected:
  state_files() { EXPECT_EQ(files_.make_directory("state", "lock"), 0); }

  memory_file_system files_;
};

TEST_F(state_files, are_listed_in_the_order_of_their_numbers) {
  for (const char* const name :
       {"journal-00000000000000ff", "journal-0000000000000010", "journal-odd", "lock", "snapshot-0000000000000001"}) {
    files_.put(std::string("state/") + name, "");
  }
  std::vector<numbered_file> found{{7, "left from before"}};
  ASSERT_TRUE(list_numbered(files_, "state", journal_prefix, found).ok());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].position, 0x10U);
  EXPECT_EQ(found[0].path, "state/journal-0000000000000010");
  EXPECT_EQ(found[1].position, 0xffU);
}

TEST_F(state_files, are_set_aside_under_the_first_free_name) {
  files_.put("state/snapshot.tmp", "one");
  std::string into;
  ASSERT_TRUE(set_aside(files_, "state", "state/snapshot.tmp", into).ok());
  EXPECT_EQ(into, "state/snapshot.tmp.damaged-1");
  files_.put("state/snapshot.tmp", "two");
  ASSERT_TRUE(set_aside(files_, "state", "state/snapshot.tmp", into).ok());
  EXPECT_EQ(into, "state/snapshot.tmp.damaged-2");
  EXPECT_EQ(files_.content("state/snapshot.tmp.damaged-1"), "one");
  EXPECT_FALSE(files_.has("state/snapshot.tmp"));
  EXPECT_EQ(set_aside(files_, "state", "state/snapshot.tmp", into).fault, storage_fault::failed);
}

TEST_F(state_files, belong_to_one_server_at_a_time) {
  state_directory first(files_);
  ASSERT_TRUE(first.open("state").ok());
  EXPECT_EQ(first.path(), "state");
  state_directory second(files_);
  const storage_status refused = second.open("state");
  EXPECT_EQ(refused.fault, storage_fault::locked);
  EXPECT_EQ(refused.file, "state/lock");
  EXPECT_THAT(refused.reason, HasSubstr("the state directory is in use by "));
}

TEST_F(state_files, are_lost_when_their_directory_is) {
  state_directory held(files_);
  EXPECT_TRUE(held.check().ok()) << "nothing is held yet";
  ASSERT_TRUE(held.open("state").ok());
  EXPECT_TRUE(held.check().ok());
  files_.lose_directory(ENOENT);
  EXPECT_EQ(held.check().reason, "the state directory was deleted");
  files_.lose_directory(ESTALE);
  EXPECT_THAT(held.check().reason, HasSubstr("moved, unmounted or replaced"));
  files_.lose_directory(ENOSPC);
  EXPECT_EQ(held.check().fault, storage_fault::failed) << "what is written would be lost, whatever the reason";
}

}  // namespace
}  // namespace spindrift
