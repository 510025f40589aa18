// A file of the test's own, and what a run over it writes.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace spindrift {

class backtest_file : public testing::Test {
protected:
  ~backtest_file() override { std::filesystem::remove(path_); }

  // What `run` wrote to its output; `code_` and `err_` besides.
  std::string written_by(const std::string& content, const std::function<int(std::FILE*)>& run) {
    std::ofstream(path_, std::ios::binary) << content;
    std::FILE* const out = std::tmpfile();
    testing::internal::CaptureStderr();
    code_ = run(out);
    err_ = testing::internal::GetCapturedStderr();
    std::rewind(out);
    std::string text;
    char bytes[4'096];
    while (const std::size_t count = std::fread(bytes, 1, sizeof bytes, out)) text.append(bytes, count);
    std::fclose(out);
    return text;
  }

  std::string path_ = std::filesystem::path(testing::TempDir()) / ("spindrift_backtest_" + std::to_string(::getpid()));
  int code_ = -1;
  std::string err_;
};

}  // namespace spindrift
