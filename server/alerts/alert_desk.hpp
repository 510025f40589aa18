// Alerts as they run: events come in from any thread, one thread of the desk's writes what becomes of them into the
// book, and a courier for each alert, a thread of its own, takes messages out of it to their receiver.
//
// offer() never waits: a copy goes into a queue of queue_events_max events, and what that does not take is counted. A
// receiver that is dead or slow holds up its own courier and nobody else. What is in the book survives `kill -9`; what
// was still in the queue is said again by replay, provided that flush() came before the snapshot was finished
// (offer_again() is for replay: it waits for room). A message leaves the book when its receiver has acknowledged it: so
// it comes again only if the server died between the two, and then under the same id. Without alerts there is neither
// database nor thread. Any thread may call anything; open() first, stop() last.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/alerts/alert_book.hpp"
#include "server/alerts/alert_clerk.hpp"
#include "server/alerts/delivery.hpp"

namespace spindrift {

class alert_desk {
public:
  static constexpr std::size_t queue_events_max = 65'536;
  static constexpr std::size_t batch_events = 2'000;

  struct figures {
    std::uint64_t sent = 0;    // messages that were acknowledged
    std::uint64_t failed = 0;  // attempts
    std::uint64_t held = 0;    // events, as are the next three
    std::uint64_t silenced = 0;
    std::uint64_t dropped = 0;
    std::uint64_t queued = 0;
  };
  struct surroundings {
    // Milliseconds since the Unix epoch.
    std::function<std::int64_t()> clock;
    std::function<std::unique_ptr<alert_sender>(const alert_settings&)> sender = make_sender;
    // From the desk's thread.
    std::function<void(const alert_clerk::held_mark&)> mark = {};
  };

  alert_desk(alerts_settings chosen, surroundings around);
  ~alert_desk() { stop(); }
  alert_desk(const alert_desk&) = delete;
  alert_desk& operator=(const alert_desk&) = delete;

  // `path` ":memory:" keeps the book in memory.
  storage_status open(const std::string& path, bool is_synced);
  void stop();
  // Other alerts, from now on; what was queued for those that are gone is dropped. Returns at once.
  void set(alerts_settings chosen, chosen_alert by_stream = {});

  bool is_listening() const { return is_listening_.load(std::memory_order_relaxed); }
  void offer(notice said);
  void offer_again(notice said);
  // Waits until what was offered before is in the book; says why it is not.
  storage_status flush();
  figures now() const;

private:
  struct courier {
    alert_settings alert;
    std::atomic<bool> stops{false};
    std::thread thread;
  };

  void begin();
  storage_status open_book();
  void run();
  void adopt(alerts_settings chosen, chosen_alert by_stream);
  storage_status write(const std::deque<notice>& batch);
  void count(alert_clerk& clerk);
  void log_notes();
  void end_couriers();
  void serve(courier& own);
  // Waits for the courier's next message; none: it is to end.
  std::optional<outgoing> await(courier& own);
  bool pause(courier& own, std::int64_t ms);
  // False: the courier is to end.
  bool settle(courier& own, const outgoing& message);

  surroundings around_;
  std::string path_;
  bool is_synced_ = false;

  // The book's; never held together with the other.
  std::mutex book_lock_;
  std::condition_variable book_news_;
  alert_book book_;
  std::unique_ptr<alert_clerk> clerk_;  // the desk's thread alone
  bool is_book_open_ = false;           // as well

  mutable std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable progress_;
  std::deque<notice> queue_;
  std::optional<alerts_settings> chosen_;  // not adopted yet
  chosen_alert by_stream_;
  std::uint64_t offered_ = 0;
  std::uint64_t written_ = 0;
  storage_status status_;
  bool is_opened_ = false;
  bool stops_ = false;

  std::atomic<bool> is_listening_{false};
  std::atomic<std::uint64_t> sent_{0}, failed_{0}, held_{0}, silenced_{0}, dropped_{0}, queued_{0};
  std::vector<std::unique_ptr<courier>> couriers_;  // the desk's thread alone
  std::thread thread_;
};

}  // namespace spindrift
