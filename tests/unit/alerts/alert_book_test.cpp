// The alerts' database as a file.
#include "server/alerts/alert_book.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace spindrift {
namespace {

class alert_book_file : public testing::Test {
protected:
  alert_book_file() { std::filesystem::create_directory(folder_); }
  ~alert_book_file() override {
    book_.close();
    std::filesystem::remove_all(folder_);
  }
  void put(const std::string& stream) {
    ASSERT_TRUE(book_.begin().ok());
    queued_notice added;
    added.what.stream = stream;
    ASSERT_TRUE(book_.put("oncall", 1, added));
    ASSERT_TRUE(book_.commit().ok());
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_alert_book_" + std::to_string(::getpid()));
  std::string path_ = (folder_ / "alerts.db").string();
  alert_book book_;
};

TEST_F(alert_book_file, holds_after_it_was_closed_what_it_held_before) {
  ASSERT_TRUE(book_.open(path_, true).ok());
  put("a");
  book_.close();
  ASSERT_TRUE(book_.open(path_, false).ok());
  EXPECT_EQ(book_.queued(), 1U);
  EXPECT_EQ(book_.next("oncall", 5).notices.at(0).what.stream, "a");
  EXPECT_EQ(std::filesystem::status(path_).permissions(), static_cast<std::filesystem::perms>(0600));
}

TEST_F(alert_book_file, forgets_a_transaction_that_was_rolled_back) {
  ASSERT_TRUE(book_.open(path_, false).ok());
  ASSERT_TRUE(book_.begin().ok());
  EXPECT_TRUE(book_.put("oncall", 1, {}));
  book_.roll_back();
  EXPECT_EQ(book_.queued(), 0U);
}

TEST_F(alert_book_file, that_is_no_database_is_set_aside) {
  std::ofstream(path_) << std::string(8'192, 'x');
  ASSERT_TRUE(book_.open(path_, false).ok());
  const auto notes = book_.take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].event, "alerts_set_aside");
  EXPECT_TRUE(std::filesystem::exists(notes[0].file));
  put("a");
}

TEST_F(alert_book_file, that_breaks_in_use_is_replaced) {
  ASSERT_TRUE(book_.open(path_, false).ok());
  put("a");
  ASSERT_TRUE(book_.replace({storage_fault::damaged, path_, 0, "broken"}, false).ok());
  EXPECT_EQ(book_.take_notes().size(), 1U);
  EXPECT_EQ(book_.queued(), 0U);
  put("b");
}

}  // namespace
}  // namespace spindrift
