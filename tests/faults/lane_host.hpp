// What stands around a lane: a producer, a consumer and a member of the group, by the rules of server/worker/step.hpp,
// over the broker in memory, one small act at a time, so that anything can happen between any two.
//
// Answers come late, get lost, or belong to an earlier life. The host may be frozen with half a step done, and go on
// after the world has moved on. `wrong` makes it do what hosts were seen to do. One thread; time is told.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/worker/lane.hpp"
#include "tests/faults/actor.hpp"
#include "tests/faults/memory_broker.hpp"

namespace spindrift::faults {

class lane_host {
public:
  // Each was seen in a prototype or is what it would have done without its rules.
  enum class fault : std::uint8_t {
    none,
    loses_fetched_at_rebalance,    // a batch call that purges what it had gathered of partitions that stay
    never_fences,                  // waits for the dead one's transaction
    ignores_a_generation,          // offsets that were refused are taken for committed
    stops_after_being_fenced,      // in place of starting anew
    commits_offsets_outside,       // not in the outputs' transaction, but before it
    commits_a_pointer_of_its_own,  // by which there is nothing to replay
    gives_its_own_time,            // in place of the record's
  };
  struct dials {  // in a thousand
    std::uint32_t lost_answers = 0;
    std::uint32_t failed_sends = 0;
    std::uint32_t failed_commits = 0;
    std::uint32_t lost_commits = 0;     // done, and the answer lost
    std::uint32_t old_generations = 0;  // where the group has moved on since the last poll
    std::int64_t late_ms = 0;           // answers come up to so late
  };

  lane_host(std::string name, const worker::lane_settings& settings, memory_broker& broker, dice& chance);
  lane_host(const lane_host&) = delete;
  lane_host& operator=(const lane_host&) = delete;

  void act(std::int64_t now_ms, const dials& trouble);
  void leave();  // orderly: everything is released, then it is gone
  bool is_gone() const { return is_leaving_ && lane_.is_empty() && !is_joined_; }
  void freeze_until(std::int64_t then_ms) { frozen_until_ms_ = then_ms; }
  // Nothing is left to be done, and everything that is ours is judged.
  bool is_quiet() const { return todo_.empty() && lane_.is_ready() && !lane_.is_dirty(); }

  const std::string& name() const { return name_; }
  const std::string& stopped() const { return stopped_; }
  const worker::lane_counters& counts() const { return own_; }
  fault wrong = fault::none;
  bool sends_chunks_apart = false;  // by a producer without transactions
  bool is_static = true;            // a member that comes back under its name within a session

private:
  struct fetching {
    std::int64_t next = 0;
    bool is_paused = true;
  };
  struct answer {
    std::int64_t due_ms = 0;
    std::uint64_t life = 0;
    // Asks the broker, tells the lane; false: not yet.
    std::function<bool(worker::step&)> give;
  };

  void start(const dials& trouble);
  void perform(worker::step& out, const dials& trouble);
  void send_outputs(const worker::step& out, const dials& trouble);
  void send_chunks(const worker::step& out, const dials& trouble);
  void commit(const worker::commit_order& order, const dials& trouble);
  void commit_later(const worker::commit_order& order);
  void end_commit(worker::ticket id, const dials& trouble);
  void ask(const worker::step& out, const dials& trouble);
  void read_snapshot(const worker::snapshot_ask& wanted, std::int64_t from, const dials& trouble);
  void later(const dials& trouble, std::function<bool(worker::step&)> give, bool may_be_lost = true);
  void fail(worker::failure why, const dials& trouble);
  void hear_group(const dials& trouble);
  void give_records(const dials& trouble);
  bool give_an_answer(const dials& trouble);
  bool is_transactional() const { return settings_.delivery == worker::delivery_level::exactly_once; }

  std::string name_;
  worker::lane_settings settings_;
  memory_broker& broker_;
  dice& chance_;
  counters counts_;
  worker::lane_counters own_;
  worker::lane lane_;
  std::uint32_t epoch_ = 0;  // 0: no producer yet
  bool is_joined_ = false;
  bool is_leaving_ = false;
  std::uint64_t life_ = 0;
  std::int64_t now_ms_ = 0;
  std::int64_t frozen_until_ms_ = 0;
  std::map<std::int32_t, fetching> fetches_;
  std::vector<std::pair<worker::ticket, std::int64_t>> reports_;  // delivered, not told yet
  std::deque<std::function<void(const dials&)>> todo_;            // of the step that is being performed
  std::deque<answer> answers_;
  std::string stopped_;
};

}  // namespace spindrift::faults
