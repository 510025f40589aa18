// The visualizer's web page and its live events, over HTTP: `/` and its files (page.hpp),
// `/events` Server-Sent Events, `/healthz`.
//
// Lives on one io_context that one thread runs; everything here, and every change to the gallery, happens on that
// thread. The io_context must outlive the server, and so must the gallery once it was published: a client that comes is
// sent all of it, then what publish() adds. One that is too slow loses events, sees that by their numbers (feed.hpp)
// and comes again. What clients can cost is bounded whatever they do and
// whatever --points says: clients_max of them, each with one event on its way (event_feed::event_bytes_max), and the
// events_queued_max newest, which they share: some 75 MiB. One that reads nothing for 10 s is cut off. Whom to listen
// to is the caller's to decide.
#pragma once

#include <optional>
#include <string>

#include "common/net/endpoint.hpp"
#include "common/net/http_server.hpp"
#include "visualizer/series/gallery.hpp"
#include "visualizer/series/view.hpp"
#include "visualizer/web/feed.hpp"

namespace spindrift {

class page_server {
public:
  static constexpr std::size_t clients_max = 32;

  // `threshold` and `axis` as in view_settings.
  page_server(boost::asio::io_context& io, const endpoint& where, double threshold, x_axis axis = x_axis::number);

  // Binds and listens. Returns the reason when that fails, else nothing.
  std::optional<std::string> start() { return server_.start(); }
  // Where it listens; the port that was picked when port 0 was asked for.
  endpoint address() const { return server_.address(); }

  // Sends what changed since the last time; nothing when nothing did. Always the same gallery. The caller sets the
  // pace: --fps at most.
  void publish(const gallery& shown, const heading& above);
  // Ends all connections; nothing of the server keeps the io_context running after that.
  void stop() { server_.stop(); }

private:
  std::optional<http_response> answer(const http_request& asked);
  std::string catch_up();

  event_feed feed_;
  const gallery nothing_{1};
  const gallery* shown_ = &nothing_;
  heading above_;
  http_server server_;  // last: its handler uses the others
};

}  // namespace spindrift
