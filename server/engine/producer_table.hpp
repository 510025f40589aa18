// Producers with a name: how far each has come, and its newest verdicts for sending again.
//
// A verdict is the acknowledgement of its point. After a reconnect a producer re-sends what it has no verdict for; what
// had been applied before gets the same verdict again, from here, instead of being learned twice.
//
// Thread rules: the table may be used from any thread. A producer is locked by the connection that works for it, for
// one batch at a time, across observing the points and keeping their verdicts, so that whoever takes the name over
// finds both or neither. Bounded: `producers_max` names, each with at most limits::in_flight_max verdicts; beyond it
// the producer that said hello longest ago, and is not connected, is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/limit.hpp"
#include "server/store/record.hpp"

namespace spindrift {

// One name. Lock `lock` before touching anything else.
class producer {
public:
  explicit producer(std::string_view name) : name_(name) {}

  std::mutex lock;

  const std::string& name() const { return name_; }
  std::uint64_t last_seq() const { return last_seq_; }

  // The connection that holds the name. A later hello takes it over; the earlier holder finds out by `is_held_by`.
  // Holders are numbered by their owner, never 0; returns the one before, 0 if there was none.
  std::uint64_t take_over(std::uint64_t holder);
  bool is_held_by(std::uint64_t holder) const { return holder_ == holder; }
  void let_go(std::uint64_t holder);
  journal_name& journal() { return journal_; }
  bool is_connected() const { return holder_ != 0; }

  // Keeps the verdict line (LF included) of an applied point; seq must be above last_seq().
  void keep(std::uint64_t seq, std::string_view line);
  // The kept line of a seq; empty when it is too old or was never applied.
  std::string_view kept(std::uint64_t seq) const;
  // A point that the journal could not take leaves a hole: later ones are refused until it comes again, because
  // applying them would make the re-sent one look applied.
  bool is_blocked(std::uint64_t seq) const { return refused_seq_ != 0 && seq > refused_seq_; }
  void block_after(std::uint64_t seq);
  void unblock() { refused_seq_ = 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(last_seq_);
    archive.sequence(kept_, kept_max);
  }

private:
  static constexpr std::size_t kept_max = model::in_flight_max;
  struct kept_verdict {
    std::uint64_t seq = 0;
    std::string line;
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(seq, line);
    }
  };

  std::string name_;
  std::uint64_t last_seq_ = 0;
  std::uint64_t holder_ = 0;
  std::uint64_t refused_seq_ = 0;
  journal_name journal_{};
  std::deque<kept_verdict> kept_;  // ascending seq
};

class producer_table {
public:
  explicit producer_table(std::size_t producers_max = 4'096) : producers_max_(producers_max) {}

  // Is asked about every producer that is to be forgotten, before it goes, and may keep it by saying false; set before
  // the table is shared.
  void on_forget(std::function<bool(producer&)> asked) { may_forget_ = std::move(asked); }
  // Forgets the producer, unless its state is newer than this place in the journal; for start-up.
  void replay_forget(std::string_view name, journal_position position);

  // Finds or makes the producer. Null when the table is full of connected ones.
  std::shared_ptr<producer> find_or_create(std::string_view name);
  std::size_t size() const;
  void for_each(const std::function<void(producer&)>& visit);
  // Places a loaded producer; for start-up.
  void restore(std::shared_ptr<producer> loaded);

private:
  struct entry {
    std::shared_ptr<producer> who;
    std::uint64_t greeted = 0;  // the count of hellos when it last said one
  };

  bool forget_the_oldest();

  mutable std::mutex lock_;
  std::map<std::string, entry, std::less<>> producers_;
  std::uint64_t greetings_ = 0;
  std::size_t producers_max_;
  std::function<bool(producer&)> may_forget_;
};

}  // namespace spindrift
