// Sends the feed as Server-Sent Events, what was missed first.
#include "server/app/http_feed.hpp"

#include <algorithm>
#include <utility>

#include "server/clock/clock.hpp"
#include "server/feed/subscribed_lines.hpp"
#include "server/net/shard.hpp"

namespace spindrift {
namespace {

// What a line begins with says what it is: all of them are ours.
std::string_view type_of(std::string_view line) {
  constexpr std::string_view opening = R"({"type":")";
  if (!line.starts_with(opening)) return "message";
  line.remove_prefix(opening.size());
  return line.substr(0, line.find('"'));
}

// No event, but a place to come again from, for a client that has not heard of one.
void append_place(std::int64_t id, std::string& out) {
  out.append("id: ").append(std::to_string(id)).append("\n\n");
}

// So much is put together at once.
constexpr std::size_t piece_bytes = 64 * 1'024;

}  // namespace

void append_server_sent_event(std::string_view line, std::int64_t id, std::string& out) {
  out.append("event: ").append(type_of(line)).append("\n");
  if (id != 0) out.append("id: ").append(std::to_string(id)).append("\n");
  out.append("data: ").append(line).append("\n\n");
}

http_feed::http_feed(feed_house& house, feed_question asked, std::shared_ptr<const identity> who)
    : house_(house), asked_(std::move(asked)), who_(std::move(who)), box_(house.outbox_bytes_max) {
  ++house_.open;
}

http_feed::~http_feed() {
  if (subscription_ != 0) house_.home.unsubscribe(subscription_);
  --house_.open;
}

// The feed begins before the history is asked, so that nothing falls between the two.
void http_feed::start(std::function<void()> ring) {
  ring_ = std::move(ring);
  filled_ms_ = now().wall_ms;
  subscription_ =
      house_.home.subscribe(filter(asked_.streams, subscribed_lines(asked_.only, asked_.updates)), box_, *this);
  missed_ = "retry: 3000\n\n";
  if (asked_.resumes_at) {
    resume();
  } else {
    append_place(filled_ms_, missed_);
  }
}

void http_feed::resume() {
  awaits_history_ = true;
  event_page_question wanted;
  wanted.as = event_page_question::shape::lines;
  wanted.of.streams = asked_.streams;
  wanted.of.since = INT64_MIN;
  wanted.of.limit = resumed_max;
  const std::int64_t last = std::clamp<std::int64_t>(*asked_.resumes_at, 0, INT64_MAX / 2);
  wanted.stored_since = last - overlap.count();
  house_.ask(wanted, who_, [weak = weak_from_this()](const desk_answer& given) {
    const auto self = weak.lock();
    if (!self) return;
    self->awaits_history_ = false;
    self->resumed_until_ms_ = now().wall_ms + overlap.count();
    for (std::string_view rest = given.refused ? std::string_view() : given.text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      append_server_sent_event(line, 0, self->missed_);
      self->resumed_.emplace(line);
    }
    append_place(self->filled_ms_, self->missed_);
    self->ring_();
  });
}

std::string http_feed::take() {
  if (awaits_history_ || is_over()) return {};
  std::string out = std::exchange(missed_, {});
  while (out.size() < piece_bytes) {
    const outbox::piece next = box_.take();
    if (next.bytes.empty()) break;
    append_lines(next.bytes, out);
  }
  is_box_empty_ = box_.is_empty();
  if (is_box_empty_ && !resumed_.empty() && now().wall_ms > resumed_until_ms_) resumed_.clear();
  return out;
}

void http_feed::append_lines(std::string_view lines, std::string& out) {
  constexpr std::string_view event_opening = R"({"type":"event")";
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const bool is_event = line.starts_with(event_opening);
    if (is_event && !resumed_.empty() && resumed_.erase(std::string(line)) > 0) continue;
    append_server_sent_event(line, is_event ? filled_ms_ : 0, out);
  }
}

// A token that was taken away, or has other rights, ends the feed with the next line, or comment.
bool http_feed::is_over() const {
  return who_ != nullptr && house_.admission != nullptr && !house_.admission->still_admits(*who_);
}

void http_feed::feed_came(std::size_t dropped_lines) {
  house_.count_dropped(dropped_lines);
  if (std::exchange(is_box_empty_, false)) filled_ms_ = now().wall_ms;
  ring_();
}

}  // namespace spindrift
