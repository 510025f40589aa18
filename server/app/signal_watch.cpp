// Waits for signals, one after the other.
#include "server/app/signal_watch.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <utility>

namespace spindrift {

signal_watch::signal_watch(boost::asio::io_context& context, std::function<void()> reload, std::function<void()> reopen,
                           std::function<bool(int signal)> stop)
    : signals_(context, SIGTERM, SIGINT, SIGHUP),
      reload_(std::move(reload)),
      reopen_(std::move(reopen)),
      stop_(std::move(stop)) {
  signals_.add(SIGUSR1);
}

void signal_watch::start() {
  signals_.async_wait([this](boost::system::error_code cancelled, int signal) {
    if (cancelled) return;
    if (signal == SIGHUP) {
      reload_();
    } else if (signal == SIGUSR1) {
      reopen_();
    } else if (!stop_(signal)) {
      ::_exit(128 + signal);
    }
    if (!is_stopped_) start();
  });
}

void signal_watch::stop() {
  is_stopped_ = true;
  signals_.cancel();
}

}  // namespace spindrift
