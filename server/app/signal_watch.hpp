// SIGHUP reloads, SIGUSR1 opens the log file anew, SIGTERM and SIGINT stop, and a second one of those ends the process
// at once. On the thread of the given io_context.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <functional>

namespace spindrift {

class signal_watch {
public:
  // `stop` returns false where the end had begun before.
  signal_watch(boost::asio::io_context& context, std::function<void()> reload, std::function<void()> reopen,
               std::function<bool(int signal)> stop);

  void start();
  void stop();

private:
  boost::asio::signal_set signals_;
  std::function<void()> reload_;
  std::function<void()> reopen_;
  std::function<bool(int signal)> stop_;
  bool is_stopped_ = false;
};

}  // namespace spindrift
