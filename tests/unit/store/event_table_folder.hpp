// An event table and a folder of its own for its file, gone with the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "server/store/event_table.hpp"

namespace spindrift {

class event_table_folder : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "spindrift-events-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    path_ = root_ + "/history.db";
  }
  void TearDown() override {
    table_.close();
    std::filesystem::remove_all(root_);
  }

  std::string root_;
  std::string path_;
  event_table table_;
};

}  // namespace spindrift
