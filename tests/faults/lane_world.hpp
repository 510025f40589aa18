// The world of one seed: producers, a broker in memory, a few lanes that come, go, freeze and die, and one undisturbed
// engine that is shown every record once. In the end a reader who reads committed must have heard what the engine said,
// byte for byte, each line once; at least once: each line, and no other.
//
// First there is trouble of all kinds; then there is none, and within a deadline of simulated time everything must have
// been answered. One thread, no clock: the same seed gives the same run.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/faults/lane_host.hpp"

namespace spindrift::faults {

struct lane_trial {
  std::uint32_t seed = 1;
  lane_host::fault host_fault = lane_host::fault::none;
  memory_broker::faults broker_fault{};
  bool waits_for_ever = false;      // the lane has no deadlines
  std::int64_t transaction_ms = 0;  // 0: the seed's
};

class lane_world {
public:
  explicit lane_world(const lane_trial& trial);
  // What went wrong, or nothing.
  std::string run();
  std::uint64_t points() const { return points_; }
  std::uint64_t fresh_starts() const { return sum(&worker::lane_counters::fresh_starts); }
  std::uint64_t restores() const { return sum(&worker::lane_counters::restores); }
  std::uint64_t fences() const { return sum(&worker::lane_counters::fences); }
  std::uint64_t forgotten() const { return sum(&worker::lane_counters::streams_forgotten); }

private:
  std::uint64_t sum(counter worker::lane_counters::*of) const;
  void choose_settings();
  void produce();
  std::string line_of(std::uint32_t stream, std::int64_t at_ms);
  void disturb();
  void kill(std::size_t which);
  void act(const lane_host::dials& trouble);
  bool is_answered() const;
  std::string compare();
  std::string compare_topic(topic of, std::int32_t partition, const std::vector<std::string>& wanted) const;
  void add_host();

  lane_trial trial_;
  dice chance_;
  worker::lane_settings settings_;
  memory_broker broker_;
  std::vector<std::unique_ptr<lane_host>> hosts_;
  std::map<std::string, std::uint64_t> buried_;  // counts of those that died
  std::int64_t now_ms_ = 0;
  std::uint64_t points_ = 0;
  std::uint64_t names_ = 0;
  std::map<std::uint32_t, double> level_;
};

}  // namespace spindrift::faults
