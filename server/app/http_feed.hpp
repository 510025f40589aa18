// One client of GET /v1/feed: a subscriber of the shard that HTTP is heard on, whose lines go out as Server-Sent
// Events.
//
//   event: event            (or verdict, gap: the line's own type)
//   id: 1795286073123       (of events alone: our clock, when what stands before it had all been sent)
//   data: {"type":"event",...}
//
// Who comes again with the last id it had (Last-Event-ID) is first sent, from the history, the newest version of each
// event that was stored since, then the feed. Nothing that the history kept is missed; what was stored in the
// `overlap` before the id may come twice, since shards and the history's thread each have a pace of their own. More
// than resumed_max: the newest of them, behind a gap. Owned by its connection, on the shard's thread; the shard and
// what it is made with outlive it. At most feeds_max at once; each has an outbox like any subscriber (--max-feed-bytes:
// the oldest lines go, and a gap says how many) and is cut when it takes nothing for http_limits::request_timeout.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "common/net/http_exchange.hpp"
#include "server/app/data_question.hpp"
#include "server/feed/hub.hpp"
#include "server/feed/outbox.hpp"
#include "server/session/authenticator.hpp"

namespace spindrift {

class shard;

// What all feeds of a server have in common.
struct feed_house {
  explicit feed_house(shard& of) : home(of) {}

  shard& home;
  // Has the history asked; `done` is called on the shard's thread, once.
  std::function<void(const event_page_question&, std::shared_ptr<const identity>, std::function<void(desk_answer)>)>
      ask;
  const authenticator* admission = nullptr;
  std::size_t outbox_bytes_max = 0;
  std::function<void(std::size_t)> count_dropped;
  std::size_t open = 0;  // feeds there are
};

class http_feed final : public http_event_source, public subscriber, public std::enable_shared_from_this<http_feed> {
public:
  static constexpr std::size_t feeds_max = 32;
  static constexpr std::size_t resumed_max = 10'000;
  static constexpr std::chrono::milliseconds overlap{2'000};

  http_feed(feed_house& house, feed_question asked, std::shared_ptr<const identity> who);
  ~http_feed() override;
  http_feed(const http_feed&) = delete;
  http_feed& operator=(const http_feed&) = delete;

  void start(std::function<void()> ring) override;
  std::string take() override;
  bool is_over() const override;
  void feed_came(std::size_t dropped_lines) override;

private:
  void resume();
  void append_lines(std::string_view lines, std::string& out);

  feed_house& house_;
  feed_question asked_;
  std::shared_ptr<const identity> who_;
  std::function<void()> ring_;
  outbox box_;
  std::uint64_t subscription_ = 0;           // 0: not yet
  bool awaits_history_ = false;              // lines wait in the box meanwhile
  std::string missed_;                       // what the history had, as events
  std::unordered_set<std::string> resumed_;  // lines of it, which the box may have as well, until
  std::int64_t resumed_until_ms_ = 0;
  bool is_box_empty_ = true;
  std::int64_t filled_ms_ = 0;  // our clock, when something came into the empty box
};

// "event: ...\nid: ...\ndata: ...\n\n"; `id` 0: none. Of one line, without its LF.
void append_server_sent_event(std::string_view line, std::int64_t id, std::string& out);

}  // namespace spindrift
