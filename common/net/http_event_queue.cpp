// Which event is sent next, and which is dropped for want of room.
#include "common/net/http_event_queue.hpp"

#include <utility>

namespace spindrift {

void http_event_queue::open(std::string first, std::shared_ptr<http_event_source> source) {
  if (!first.empty()) events_.push_back(std::make_shared<const std::string>(std::move(first)));
  source_ = std::move(source);
}

void http_event_queue::start(std::function<void()> ring) {
  if (source_) source_->start(std::move(ring));
}

bool http_event_queue::push(const event& pushed, std::size_t queued_max) {
  if (source_) return false;
  events_.push_back(pushed);
  const std::size_t in_flight = is_writing_ ? 1 : 0;
  if (events_.size() <= queued_max + in_flight) return false;
  events_.erase(events_.begin() + static_cast<std::ptrdiff_t>(in_flight));  // what is in flight must arrive whole
  return true;
}

void http_event_queue::push_comment() {
  if (!is_writing_) events_.push_back(std::make_shared<const std::string>(":\n\n"));
}

http_event_queue::action http_event_queue::next() {
  if (is_writing_) return action::nothing;
  if (events_.empty() && source_) {
    std::string more = source_->take();
    if (!more.empty()) events_.push_back(std::make_shared<const std::string>(std::move(more)));
    if (events_.empty() && source_->is_over()) return action::end;
  }
  if (events_.empty()) return action::nothing;
  is_writing_ = true;
  return action::write;
}

void http_event_queue::written() {
  is_writing_ = false;
  events_.pop_front();
}

}  // namespace spindrift
