// A timer that arms itself anew.
#include "server/app/periodic_call.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

namespace spindrift {

periodic_call::periodic_call(boost::asio::io_context& context, std::chrono::milliseconds interval,
                             std::function<void()> called)
    : timer_(context), interval_(interval), called_(std::move(called)) {}

void periodic_call::start() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    called_();
    if (!is_stopped_) start();
  });
}

// A handler that is already on its way cannot be cancelled any more.
void periodic_call::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

}  // namespace spindrift
