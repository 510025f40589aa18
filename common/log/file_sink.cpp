// The file: opened, appended to, reopened.
#include "common/log/file_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace spindrift {

file_sink::file_sink(std::string path) : path_(std::move(path)), descriptor_(open_file()) {}

file_sink::~file_sink() {
  ::close(descriptor_);
}

int file_sink::open_file() const {
  // O_NONBLOCK: a pipe nobody reads is refused here instead of hanging the program. Group may read, others may not:
  // stream names and values are the producers' own.
  const int opened = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  if (opened < 0) throw std::runtime_error("log file " + path_ + ": " + std::strerror(errno));
  return opened;
}

void file_sink::reopen() {
  const int opened = open_file();
  ::close(descriptor_);
  descriptor_ = opened;
  // A torn line ends in the file that it stands in, which may be the same.
  struct stat now {};
  if (::fstat(descriptor_, &now) == 0 && now.st_size == 0) is_line_torn_ = false;
}

void file_sink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  if (is_line_torn_) line.push_back('\n');
  formatter_->format(message, line);
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t count = ::write(descriptor_, line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int reason = count < 0 ? errno : EIO;
      if (written > 0) is_line_torn_ = true;
      throw spdlog::spdlog_ex("log file " + path_ + ": " + std::strerror(reason));
    }
    written += static_cast<std::size_t>(count);
  }
  is_line_torn_ = false;
}

}  // namespace spindrift
