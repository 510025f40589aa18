// Keys of the terminal as they are pressed: no line to end, nothing echoed.
//
// On the thread that runs the io_context; `pressed` is called there. The terminal is as it was again after release(),
// in the destructor, and while the program is stopped (Ctrl-Z); Ctrl-C stays a signal. Does nothing where standard
// input is no terminal or belongs to another job. Lives as long as the io_context runs; stop() lets that end. One at a
// time: release() is safe from a signal's handler.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <string_view>

namespace spindrift {

class keyboard {
public:
  // `resumed`: the program goes on after it was stopped; what stood on the terminal is gone.
  keyboard(boost::asio::io_context& io, std::function<void(char)> pressed, std::function<void()> resumed);
  ~keyboard();
  keyboard(const keyboard&) = delete;
  keyboard& operator=(const keyboard&) = delete;

  // False: there is none.
  bool start();
  void stop();
  // The terminal as it was found.
  static void release();

private:
  class reader;
  std::shared_ptr<reader> reader_;
};

}  // namespace spindrift
