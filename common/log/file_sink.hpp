// The anomaly log's file as an spdlog sink: appended to, one write(2) a line, so that a reader sees whole lines at
// once.
//
// Not thread-safe: log.cpp holds its lock. A write that fails throws spdlog_ex, which spdlog hands to the logger's
// error handler; a line cut short by a full disk is closed with a line end before the next one.
#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <string>

namespace spindrift {

class file_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  // Throws std::runtime_error with path and reason.
  explicit file_sink(std::string path);
  ~file_sink() override;

  // Opens the path anew; keeps the old file when that fails, and throws like the constructor.
  void reopen();

protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

private:
  int open_file() const;

  std::string path_;
  int descriptor_ = -1;
  bool is_line_torn_ = false;
};

}  // namespace spindrift
