// What others have judged, on its way to those whom this server serves: lines come in as they were written to a topic,
// and go to subscribers, into the history and to the alert desk, as the outcomes of points of our own do.
//
// The source's thread calls all but now(), which any thread may. Lines gather until publish(); events are queued for
// history and alerts at once, at most rows_max of them until keep(), which says that they are written: then, and not
// before, the source commits its position. What comes again is known by stream, number and time in the history and the
// alerts' book, so it is neither shown nor told twice. A line that cannot be read is counted and left out. Cost: a
// parse of each event, and of each verdict while somebody subscribes. Limit: batch_lines of a published batch.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/event.hpp"
#include "server/feed/published_batch.hpp"
#include "server/feed/subscription_list.hpp"
#include "server/sinks/feed_sink.hpp"
#include "server/store/status.hpp"

namespace spindrift {

class alert_desk;
class history;
class reply_reader;

class outside_intake {
public:
  static constexpr std::size_t batch_lines = 1'024;
  static constexpr std::size_t rows_max = 2'000;

  // All outlive the intake.
  struct ways {
    std::function<std::uint64_t(std::string_view)> hash_of;  // the engine's, of a stream's name
    const std::vector<feed_port*>& ports;
    const subscription_list& subscriptions;
    history& kept;
    alert_desk& alerts;
  };
  struct figures {
    std::uint64_t verdicts = 0;  // that came while somebody subscribed
    std::uint64_t events = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t lag = 0;  // records of events that were not read yet
  };

  explicit outside_intake(ways to);
  ~outside_intake();

  // A record's lines, LF between them.
  void take_verdicts(std::string_view lines);
  // Marked verdicts stand in this topic as well: with `has_marked` nobody else brings them.
  void take_events(std::string_view lines, bool has_marked);
  void publish();
  // No more events before keep() has said that these are written.
  bool is_full() const { return rows_ >= rows_max; }
  storage_status keep();
  void set_lag(std::uint64_t records) { lag_.store(records, std::memory_order_relaxed); }
  figures now() const;

private:
  bool has_subscribers();
  void take_verdict(std::string_view line);
  void take_event(std::string_view line);
  bool add_line(std::string_view line, std::string_view stream, line_class kind);
  void count_unreadable() { unreadable_.fetch_add(1, std::memory_order_relaxed); }

  ways to_;
  std::unique_ptr<reply_reader> reader_;
  std::string padded_;  // the line that is read, and what a parser reads beyond it
  std::shared_ptr<published_batch> batch_;
  std::uint64_t version_ = 0;  // of the subscriptions that were looked at
  bool has_subscribers_ = false;
  std::size_t rows_ = 0;
  std::atomic<std::uint64_t> verdicts_{0}, events_{0}, unreadable_{0}, lag_{0};
};

// Where the lines come from: a thread of its own between start() and stop(), which comes back once what was read has
// been kept and committed, as far as that can be.
class outside_source {
public:
  virtual ~outside_source() = default;
  virtual void start(outside_intake& into) = 0;
  virtual void stop() = 0;
};

}  // namespace spindrift
