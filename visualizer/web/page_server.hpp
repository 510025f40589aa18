// The visualizer's web page over HTTP: `/` and its files (page.hpp); what it asks for, `/streams`, `/points`,
// `/charts`, `/told` (board_answer.hpp); what it has the server asked, `/ask/recent`, `/ask/history`, `/ask/explain`,
// and by POST
// `/ask/mark`; `/events`, Server-Sent Events of the first panels, for other programs; `/login`, `/healthz`.
//
// Lives on one io_context that one thread runs; everything here, and every change to the gallery, happens on that
// thread. The io_context must outlive the server, and so must the gallery once it was published: a client that comes is
// sent all of it, then what publish() adds. One that is too slow loses events, sees that by their numbers (feed.hpp)
// and comes again. What clients can cost is bounded whatever they do and
// whatever --points says: clients_max of them, each with one event on its way (event_feed::event_bytes_max), and the
// events_queued_max newest, which they share: some 75 MiB. One that reads nothing for 10 s is cut off. Whom to listen
// to is the caller's to decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
#include "common/net/http_server.hpp"
#include "common/protocol/frame.hpp"
#include "visualizer/series/gallery.hpp"
#include "visualizer/series/stream_board.hpp"
#include "visualizer/series/view.hpp"
#include "visualizer/web/feed.hpp"

namespace spindrift {

// Asks the server something; `done` gets the reply's line, or nothing where none came. Once, on the same thread.
using page_ask = std::function<void(const command& asked, std::function<void(std::optional<std::string>)> done)>;

class page_server {
public:
  static constexpr std::size_t clients_max = 32;
  // Streams whose points browsers asked for within watched_ms; the one that was asked for longest ago goes first.
  static constexpr std::size_t watched_max = 64;
  static constexpr std::int64_t watched_ms = 3'000;

  // `threshold` and `axis` as in view_settings.
  // `public_url`: where people reach it through a proxy; then it answers to that name, too, and its links begin with
  // it.
  page_server(boost::asio::io_context& io, const endpoint& where, double threshold, x_axis axis = x_axis::number,
              std::string public_url = {});

  // Binds and listens. Returns the reason when that fails, else nothing.
  std::optional<std::string> start() { return server_.start(); }
  // Where it listens; the port that was picked when port 0 was asked for.
  endpoint address() const { return server_.address(); }

  // Sends what changed since the last time; nothing when nothing did. Always the same gallery. The caller sets the
  // pace: --fps at most.
  void publish(const gallery& shown, const heading& above);
  // Ends all connections; nothing of the server keeps the io_context running after that.
  void stop() { server_.stop(); }

  // From then on the page has all streams and can ask the server (ask.hpp); before start(). The board lives as long.
  void serve(const stream_board& board, page_ask ask);
  std::vector<std::string> watched(std::int64_t now_ms) const;
  // Nobody gets anything without this token: it is asked for once, by a form, and kept in a cookie. Before start().
  void demand(std::string token) { token_ = std::move(token); }

private:
  std::optional<http_response> answer(const http_request& asked);
  std::optional<http_response> answer_of_board(const http_request& asked);
  void watch(std::string stream, std::int64_t now_ms);
  std::optional<http_response> relay(const http_request& asked) const;
  bool is_admitted(const http_request& asked) const;
  http_response log_in(const http_request& asked) const;
  std::string catch_up();

  view_settings settings_;
  event_feed feed_;
  std::string public_url_;
  const stream_board* board_ = nullptr;
  page_ask ask_;
  struct watched_stream {
    std::string name;
    std::int64_t asked_ms = 0;
  };
  std::vector<watched_stream> watched_;
  std::string token_;  // empty: none is needed
  const gallery nothing_{1};
  const gallery* shown_ = &nothing_;
  heading above_;
  http_server server_;  // last: its handler uses the others
};

}  // namespace spindrift
