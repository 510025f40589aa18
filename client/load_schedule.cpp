// Deals points to connections, streams and times.
#include "client/load_schedule.hpp"

#include <cassert>

namespace spindrift {

load_schedule::load_schedule(const load_schedule_settings& settings, std::size_t connection)
    : settings_(settings), connection_(connection), stream_(connection) {
  find();
}

void load_schedule::take() {
  assert(next_);
  stream_ += settings_.connections;
  if (stream_ >= settings_.streams) {
    stream_ = connection_;
    ++round_;
  }
  find();
}

void load_schedule::find() {
  const std::uint64_t index = round_ * settings_.streams + stream_;
  if (stream_ >= settings_.streams || index >= settings_.count) {
    next_.reset();
    return;
  }
  const double due_s = settings_.rate > 0 ? static_cast<double>(index) / settings_.rate : 0;
  next_ = turn{stream_, round_ + 1, static_cast<std::int64_t>(due_s * 1e9)};
}

}  // namespace spindrift
