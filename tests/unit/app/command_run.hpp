// Runs one of the daemon's commands in this process and keeps what it said.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spindrift {

struct command_run {
  int code = -1;
  std::string out;
  std::string err;

  // `words` with what stands first: the program's name.
  command_run(int (*run)(int, const char* const*), const std::vector<std::string>& words) {
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    code = run(static_cast<int>(argv.size()), argv.data());
    out = testing::internal::GetCapturedStdout();
    err = testing::internal::GetCapturedStderr();
  }
};

}  // namespace spindrift
