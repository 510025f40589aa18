// Decides what becomes of each event for each alert, and writes it into the book: told, held back by a budget, silenced
// by maintenance, or nothing new. Without threads, sockets and clocks; the same events at the same times make the same
// book.
//
// What was told once is not told again, also when replay after a crash says it anew: the book knows. An event is told
// when it opens, or when it has become worse and only then is bad enough; its end is told to those who know of its
// beginning. Calls stand within a transaction of the book; when that fails, load() brings back what was known before
// it. One thread at a time. Cost: a query for each alert that hears of the event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/alerts/alert_book.hpp"
#include "server/alerts/alert_routes.hpp"
#include "server/alerts/notice_budget.hpp"

namespace spindrift {

class alert_clerk {
public:
  struct tally {
    std::uint64_t held = 0;
    std::uint64_t silenced = 0;
    std::uint64_t dropped = 0;  // the queue was full
  };
  // What the history is to know: whether a budget holds an event back from somebody.
  struct held_mark {
    notice of;
    bool is_held = false;
  };

  // The book outlives the clerk.
  alert_clerk(alert_book& book, alert_routes routes);

  const alert_routes& routes() const { return routes_; }
  void load();
  void take(const notice& said, std::int64_t now_ms);
  // What is said again, and what is no longer silenced.
  void tick(std::int64_t now_ms);
  // Writes what budgets have learned.
  void save();

  tally take_tally();
  std::vector<held_mark> take_marks();

private:
  struct desk {
    std::optional<notice_budget> budget;
    bool has_learned = false;  // since it was written
    std::int64_t group_until_ms = 0;
    bool group_tells = false;  // something that the budget was asked for
  };

  void close(const notice& said, std::int64_t now_ms);
  // True: it is told to that alert, now or before.
  bool consider(std::size_t alert, const notice& said, std::int64_t now_ms, bool& is_held);
  bool reconsider(std::size_t alert, alert_book::entry& known, const notice& said, std::int64_t now_ms);
  bool affords(std::size_t alert, int severity, bool is_new, std::int64_t now_ms);
  void tell(std::size_t alert, alert_book::entry of, const notice& said, std::int64_t now_ms);
  bool enqueue(std::size_t alert, const alert_book::entry& of, const notice& said, std::int64_t now_ms);
  void fall_due(const alert_book::due_entry& due, std::int64_t now_ms);

  alert_book& book_;
  alert_routes routes_;
  std::vector<desk> desks_;  // by alert
  tally tally_;
  std::vector<held_mark> marks_;
};

}  // namespace spindrift
