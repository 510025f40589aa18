// Reads a descriptor and cuts lines.
#include "server/backtest/line_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace spindrift {

namespace {
constexpr std::size_t piece_bytes = 1U << 20U;
}

line_source::line_source(const std::string& file) : name_(file) {
  if (file.empty() || file == "-") {
    name_ = "standard input";
    descriptor_ = STDIN_FILENO;
  } else {
    descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) throw std::runtime_error(name_ + ": " + std::strerror(errno));
  }
  bytes_.resize(piece_bytes);
}

line_source::~line_source() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

std::optional<std::string_view> line_source::next() {
  for (;;) {
    const char* const from = bytes_.data() + begin_;
    const void* const lf = std::memchr(from, '\n', end_ - begin_);
    const bool is_full = begin_ == 0 && end_ == bytes_.size();
    if (lf == nullptr && !ended_ && !is_full) {
      if (!fill()) ended_ = true;
      continue;
    }
    std::size_t length = lf != nullptr ? static_cast<std::size_t>(static_cast<const char*>(lf) - from) : end_ - begin_;
    if (lf == nullptr && length == 0) return std::nullopt;
    begin_ += length + (lf != nullptr ? 1 : 0);
    while (length > 0 && (from[length - 1] == '\r' || from[length - 1] == ' ' || from[length - 1] == '\t')) --length;
    if (length > 0) return std::string_view(from, length);
  }
}

std::string_view line_source::peek() {
  constexpr std::size_t peek_bytes_max = 4'096;
  if (end_ == 0 && !ended_ && !fill()) ended_ = true;
  return {bytes_.data(), std::min(end_, peek_bytes_max)};
}

bool line_source::is_file() const {
  struct stat facts {};
  return ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode);
}

bool line_source::would_wait() const {
  return !ended_ && std::memchr(bytes_.data() + begin_, '\n', end_ - begin_) == nullptr;
}

bool line_source::stays_silent() const {
  constexpr int patience_ms = 100;
  pollfd watched{descriptor_, POLLIN, 0};
  return ::poll(&watched, 1, patience_ms) == 0;
}

bool line_source::fill() {
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  for (;;) {
    const ssize_t bytes = ::read(descriptor_, bytes_.data() + end_, bytes_.size() - end_);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) throw std::runtime_error(name_ + ": " + std::strerror(errno));
    if (bytes == 0) return false;
    end_ += static_cast<std::size_t>(bytes);
    return true;
  }
}

}  // namespace spindrift
