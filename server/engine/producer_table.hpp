// Producers with a name: how far each has come, and its newest verdicts for sending again.
//
// A verdict is the acknowledgement of its point. After a reconnect a producer re-sends what it has no verdict for; what
// had been applied before gets the same verdict again, from here, instead of being learned twice.
//
// Thread rules: the table may be used from any thread. A producer is locked by the connection that works for it, for
// one batch at a time, across observing the points and keeping their verdicts, so that whoever takes the name over
// finds both or neither. Order of locks: a producer, the table, never the other way round. Bounded: `producers_max`
// names, each with at most model::in_flight_max verdicts; beyond it the producer that said hello longest ago, and is
// not connected, is forgotten. The bytes of all kept verdicts are bounded as well: see kept_account.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/engine/kept_account.hpp"
#include "server/engine/kept_ring.hpp"
#include "server/store/record.hpp"

namespace spindrift {

// One name. Lock `lock` before touching anything else.
class producer {
public:
  explicit producer(std::string_view name, std::shared_ptr<kept_account> account = std::make_shared<kept_account>())
      : name_(name), account_(std::move(account)) {}
  producer(const producer&) = delete;
  producer& operator=(const producer&) = delete;
  ~producer() { drop_kept_to(0); }

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

  // Keeps what the verdict's line is made of (pipeline/kept_verdict.hpp) for an applied point; seq must be above
  // last_seq(). `write(std::string&)` writes it over the bytes of an older one. Older ones go where there is no room
  // for all.
  template <class Write>
  void keep_written(std::uint64_t seq, Write&& write) {
    const std::size_t before = kept_.bytes();
    last_seq_ = seq;
    kept_.add(seq, write);
    if (kept_.bytes() != before) count_kept(before);
    if (is_too_much()) keep_within_bounds();
  }
  void keep(std::uint64_t seq, std::string_view bytes) {
    keep_written(seq, [bytes](std::string& into) { into.assign(bytes); });
  }
  // What is kept of a seq; empty when it is too old or was never applied.
  std::string_view kept(std::uint64_t seq) const { return kept_.find(seq); }
  // A point that the journal could not take leaves a hole: later ones are refused until it comes again, because
  // applying them would make the re-sent one look applied.
  bool is_blocked(std::uint64_t seq) const { return refused_seq_ != 0 && seq > refused_seq_; }
  void block_after(std::uint64_t seq);
  void unblock() { refused_seq_ = 0; }
  // Its numbering begins anew, and what it was answered is no longer known.
  void begin_anew();
  // What its kept verdicts take; lets the oldest go until it is no more than this.
  std::size_t kept_bytes() const { return kept_.bytes(); }
  void drop_kept_to(std::size_t bytes);
  // What was loaded counts from now on.
  void join(std::shared_ptr<kept_account> account);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(last_seq_, kept_);
  }
  // The same with lines in the place of what is kept, which is what lasts: `append_line(bytes, out)` makes one.
  template <class AppendLine>
  void save(state_writer& out, AppendLine&& append_line) {
    out(last_seq_);
    auto count = static_cast<std::uint32_t>(kept_.size());
    out(count);
    kept_.for_each([&](const kept_ring::entry& one) {
      kept_ring::entry spelt{one.seq, {}};
      append_line(std::string_view(one.bytes), spelt.bytes);
      out(spelt);
    });
  }

private:
  // To the account, what was `before` and is now.
  void count_kept(std::size_t before);
  bool is_too_much() const { return kept_.bytes() > account_->share() || is_account_full(); }
  bool is_account_full() const {
    return account_->bytes.load(std::memory_order_relaxed) > account_->bound.load(std::memory_order_relaxed);
  }
  void keep_within_bounds();
  void drop_oldest();

  std::string name_;
  std::uint64_t last_seq_ = 0;
  std::uint64_t holder_ = 0;
  std::uint64_t refused_seq_ = 0;
  journal_name journal_{};
  kept_ring kept_;
  std::shared_ptr<kept_account> account_;
};

class producer_table {
public:
  explicit producer_table(std::size_t producers_max = 4'096, std::size_t kept_bytes_max = std::size_t{1} << 30U);
  producer_table(const producer_table&) = delete;
  producer_table& operator=(const producer_table&) = delete;

  // Is asked about every producer that is to be forgotten, before it goes, and may keep it by saying false; set before
  // the table is shared.
  void on_forget(std::function<bool(producer&)> asked) { may_forget_ = std::move(asked); }
  // Forgets the producer, unless its state is newer than this place in the journal; for start-up.
  void replay_forget(std::string_view name, journal_position position);

  // Lets a producer whose numbering was spoilt begin anew, with its lock held by the caller. False when the journal
  // could not take it: then nothing happened.
  bool reset(producer& spoilt);
  // Is told of every reset; set before the table is shared.
  void on_reset(std::function<void(const producer&)> told) { was_reset_ = std::move(told); }

  // Finds or makes the producer. Null when the table is full of connected ones.
  std::shared_ptr<producer> find_or_create(std::string_view name);
  std::size_t size() const;
  std::size_t kept_bytes() const { return account_->bytes.load(std::memory_order_relaxed); }
  std::size_t kept_bytes_max() const { return account_->bytes_max.load(std::memory_order_relaxed); }
  // They may take no more than this for now; who is to keep more lets older ones go.
  void bound_kept(std::size_t bytes) { account_->bound.store(bytes, std::memory_order_relaxed); }
  // Other limits from now on. Beyond a lower one producers go, and kept verdicts, as others come.
  void limit(std::size_t producers_max, std::size_t kept_bytes_max);
  void for_each(const std::function<void(producer&)>& visit);
  // Places a loaded producer; for start-up.
  void restore(std::shared_ptr<producer> loaded);

private:
  struct entry {
    std::shared_ptr<producer> who;
    std::uint64_t greeted = 0;  // the count of hellos when it last said one
  };

  bool forget_the_oldest();
  void make_room(const producer* adding);

  mutable std::mutex lock_;
  std::map<std::string, entry, std::less<>> producers_;
  std::uint64_t greetings_ = 0;
  std::size_t producers_max_;
  std::function<bool(producer&)> may_forget_;
  std::function<void(const producer&)> was_reset_;
  std::shared_ptr<kept_account> account_ = std::make_shared<kept_account>();
};

}  // namespace spindrift
