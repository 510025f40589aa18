// Raw mode and the bytes of the terminal.
#include "visualizer/app/keyboard.hpp"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <utility>

#include "visualizer/series/screen_view.hpp"

namespace spindrift {
namespace {

// The process has one terminal.
termios mode_found{};
std::atomic<bool> is_taken{false};

bool take() {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1 || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp())
    return false;
  if (!is_taken && ::tcgetattr(STDIN_FILENO, &mode_found) != 0) return false;
  termios raw = mode_found;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  is_taken = true;
  return ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

}  // namespace

class keyboard::reader : public std::enable_shared_from_this<reader> {
public:
  reader(boost::asio::io_context& io, std::function<void(char)> pressed, std::function<void()> resumed)
      : input_(io), stops_(io), pressed_(std::move(pressed)), resumed_(std::move(resumed)) {}

  bool start() {
    if (!take()) return false;
    // Should something call exit(): the shell must not be left without an echo.
    std::atexit([] { keyboard::release(); });
    boost::system::error_code failed;
    input_.assign(::dup(STDIN_FILENO), failed);
    if (failed) return false;
    stops_.add(SIGTSTP, failed);
    await_stop();
    read();
    return true;
  }
  void stop() {
    is_stopped_ = true;
    boost::system::error_code ignored;
    input_.close(ignored);
    stops_.cancel(ignored);
  }

private:
  void read() {
    input_.async_read_some(boost::asio::buffer(bytes_),
                           [self = shared_from_this()](boost::system::error_code failed, std::size_t count) {
                             if (failed || self->is_stopped_) return;
                             for (const char key : keys_of({self->bytes_.data(), count})) {
                               if (!self->is_stopped_) self->pressed_(key);
                             }
                             if (!self->is_stopped_) self->read();
                           });
  }
  void await_stop() {
    stops_.async_wait([self = shared_from_this()](boost::system::error_code cancelled, int /*signal*/) {
      if (cancelled || self->is_stopped_) return;
      release();
      ::raise(SIGSTOP);
      take();
      self->resumed_();
      self->await_stop();
    });
  }

  boost::asio::posix::stream_descriptor input_;
  boost::asio::signal_set stops_;
  std::function<void(char)> pressed_;
  std::function<void()> resumed_;
  std::array<char, 256> bytes_{};
  bool is_stopped_ = false;
};

keyboard::keyboard(boost::asio::io_context& io, std::function<void(char)> pressed, std::function<void()> resumed)
    : reader_(std::make_shared<reader>(io, std::move(pressed), std::move(resumed))) {}

keyboard::~keyboard() {
  reader_->stop();
  release();
}

bool keyboard::start() {
  return reader_->start();
}

void keyboard::stop() {
  reader_->stop();
  release();
}

void keyboard::release() {
  if (is_taken.exchange(false)) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &mode_found);
}

}  // namespace spindrift
