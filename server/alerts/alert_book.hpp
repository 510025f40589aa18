// What alerts must not forget, in an SQLite database of their own (alerts.db in the state directory): the queue of what
// is to be sent, which events were told, held back or silenced, and what budgets have learned.
//
//   queue(id, alert, message, due, stream, number, told, state, kind, severity, is_over, first_kind, first_severity,
//         line): in the order of their coming; `message` is the id of the first notice that it was sent with, 0: it has
//         not been tried yet. What has been tried is tried again in the same company, under the same name.
//   fate(alert, stream, number, told, fate, kind, severity, worst, due, line): of the newest event of that number
//   budget(alert, state)
//
// One thread at a time; nothing throws. A transaction is durable when commit() has returned, against `kill -9`, and
// with `is_synced` against a power cut as well. A database that is broken is set aside, as the history's is, and a new
// one begun. Limits: queue_max notices are kept, what comes beyond is refused; of events that are over, over_max are
// remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/alerts/notice.hpp"
#include "server/store/database.hpp"
#include "server/store/status.hpp"

namespace spindrift {

class alert_book {
public:
  // Some 600 bytes each; an hour of 10,000 events a receiver is a tenth of it.
  static constexpr std::size_t queue_max = 100'000;
  static constexpr std::size_t over_max = 65'536;
  static constexpr std::size_t message_notices_max = 100;
  static constexpr std::size_t message_bytes_max = 256U << 10U;

  enum class fate : std::uint8_t { told, held, silenced, over };
  struct entry {
    fate is = fate::told;
    std::int64_t told = 0;
    event_kind kind = event_kind::spike;  // when it was first told, as is the next
    int severity = 1;
    int worst = 1;         // seen so far
    std::int64_t due = 0;  // when it is said again, or no longer silenced; 0: never
    notice newest{};       // what it said last
  };
  struct due_entry {
    std::string alert;
    entry of;
  };
  struct message {
    std::int64_t id = 0;        // 0: there is none
    std::int64_t next_due = 0;  // where there is none: when there may be one; 0: not by what is queued now
    std::vector<queued_notice> notices;
  };

  alert_book() = default;
  ~alert_book();
  alert_book(const alert_book&) = delete;
  alert_book& operator=(const alert_book&) = delete;

  // ":memory:" keeps it in memory.
  storage_status open(const std::string& path, bool is_synced);
  // For one that turned out to be broken while it was in use: it is set aside, and a new one begun.
  storage_status replace(const storage_status& why, bool is_synced);
  void close();
  // What was set aside since it was last asked for.
  std::vector<storage_note> take_notes();

  storage_status begin();
  storage_status commit();
  void roll_back();

  std::optional<entry> find(std::string_view alert, std::string_view stream, std::uint64_t number);
  void keep(std::string_view alert, const entry& now);
  std::vector<due_entry> due_entries(std::int64_t now_ms, std::size_t most);
  // False: the queue is full.
  bool put(std::string_view alert, std::int64_t due_ms, const queued_notice& added);
  // The oldest that has been tried; else what is due, if there is something.
  message next(std::string_view alert, std::int64_t now_ms);
  void acknowledge(std::string_view alert, std::int64_t id);
  // Of alerts that are there no more.
  std::uint64_t drop_others(const std::vector<std::string>& alerts);
  std::string budget_state(std::string_view alert);
  void keep_budget(std::string_view alert, std::string_view state);

  std::size_t queued() const { return queued_; }
  // Of what went wrong first since begin(); good: nothing.
  const storage_status& status() const { return status_; }

private:
  using statement = statement_handle;

  storage_status open_file(bool is_synced);
  storage_status prepare_all();
  storage_status fault(const char* doing) const;
  bool run(const char* text);
  bool step(const statement& prepared, const char* doing);
  void finish(const statement& prepared) const;
  void trim_over();
  std::size_t count_queue();

  std::string path_;
  database_handle database_;
  statement find_, keep_, due_, put_, tried_, untried_, assign_, next_due_, acknowledge_, budget_, keep_budget_, trim_,
      count_;
  storage_status status_;
  std::size_t queued_ = 0;
  std::size_t kept_since_trim_ = 0;
  std::vector<storage_note> notes_;
};

}  // namespace spindrift
