// Begins and ends a connection's subscription at its shard.
#include "server/net/feed_link.hpp"

#include <string>
#include <utility>

#include "common/protocol/encode.hpp"
#include "server/net/socket_option.hpp"

namespace spindrift {

void feed_link::begin(filter wanted, subscriber& bell) {
  // The kernel would grow it to many MiB, which only hides how far behind a subscriber is.
  set_send_buffer(stream_.socket(), home_.settings.feed_send_buffer_bytes);
  if (number_ != 0) home_.flush(number_);
  end();
  if (!writer_.has_feed()) writer_.open_feed(home_.settings.feed_bytes_max);
  number_ = home_.subscribe(std::move(wanted), writer_.feed(), bell);
}

void feed_link::end() {
  if (number_ != 0) home_.unsubscribe(std::exchange(number_, 0));
}

void feed_link::drop() {
  end();
  writer_.close_feed();
}

void feed_link::tell_too_slow(std::size_t bytes) {
  std::string last = writer_.line_under_way(bytes);
  encode(protocol_error{error_code::slow_consumer, "nothing of the feed was taken for too long"}, 0, last);
  // The send buffer is full, so it is made larger first.
  set_send_buffer(stream_.socket(), 2 * home_.settings.feed_send_buffer_bytes + last.size());
  lift_unsent_limit(stream_.socket());
  boost::system::error_code ignored;
  (void)stream_.write_now(last, ignored);
}

}  // namespace spindrift
