// The world of one seed: a server of session, engine, persistence and store over a file system in memory, its clients,
// and everything that can happen to them. One thread, no clock, no socket: the same seed gives the same run.
//
// A life begins with a recovery and ends with a crash at a random system call (or a power cut, where replies waited for
// the disk). In between bytes are delivered in random pieces, connections are cut with bytes under way, an earlier
// connection's bytes arrive behind a later one's, writes fail or fall short, streams are evicted, and snapshots are
// taken with all of that going on between two of their sections.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/protocol/inbox.hpp"
#include "server/session/session.hpp"
#include "tests/faults/actor.hpp"
#include "tests/faults/history_model.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift::faults {

class world {
public:
  // `folder` is real: the history of events is SQLite's.
  world(std::uint32_t seed, std::string folder);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  // All lives. What went wrong, or nothing.
  std::string run();
  std::uint64_t points_told() const;
  std::uint64_t crashes() const { return crashes_; }

private:
  struct house;
  struct link;

  std::string recover();
  std::string check_recovered();
  std::string check_end();
  void live();
  void act();
  void send_something();
  void deliver_to_server();
  void deliver_to_client();
  void connect(std::size_t who);
  void cut();
  void advance(link& of);
  void release(link& of);
  void trouble_disk();
  void take_snapshot();
  void crash();
  std::string finish_all();
  std::string complaints() const;

  dice chance_;
  std::string folder_;
  memory_file_system files_;
  store_settings store_settings_;
  engine_settings engine_settings_;
  std::vector<told_batch> told_;
  std::vector<actor> actors_;
  std::unique_ptr<house> house_;
  std::deque<std::unique_ptr<link>> links_;
  moment now_{1'764'000'000'000, 1'000};
  std::uint64_t connections_ = 0;
  std::uint64_t crashes_ = 0;
  bool is_snapshotting_ = false;
};

}  // namespace spindrift::faults
