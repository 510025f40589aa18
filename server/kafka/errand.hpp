// What a lane wants to know and would have to wait for, done on a thread of its own, so that the lane's other
// partitions go on: committed positions, fencing of who is dead, snapshots read, old ones deleted.
//
// Owned by the lane's thread, which asks and takes answers; one errand runs at a time, in the order in which they were
// asked. Each is tried again until it succeeds or patience is over; then it is answered with a failure. forget() drops
// what was asked before: its answers are not given any more. Limits: answers that wait hold at most waiting_bytes_max
// of chunks, then reading waits; errands are as many as a lane's partitions, some each.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "server/kafka/error_class.hpp"
#include "server/kafka/figures.hpp"
#include "server/kafka/handle.hpp"
#include "server/worker/step.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

struct errand_answer {
  enum class kind : std::uint8_t { position, fenced, chunk, chunks_end, failed };
  kind is = kind::failed;
  worker::ticket of = 0;
  std::int64_t offset = 0;  // position: what is committed, -1: nothing; chunk: its
  std::string bytes{};      // position: the metadata; chunk: its value
  std::int64_t begin = 0;   // position: the topic's
  std::int64_t end = 0;
  client_error error{};
  std::string denied{};  // the topic, group or prefix that a right is missing for
};

class errand_runner {
public:
  static constexpr std::chrono::seconds patience{20};
  static constexpr std::chrono::milliseconds slice{1'000};
  static constexpr std::size_t waiting_bytes_max = 32U << 20U;

  // All outlive the runner.
  errand_runner(const kafka_settings& settings, std::size_t lane, worker_figures& figures);
  ~errand_runner();
  errand_runner(const errand_runner&) = delete;
  errand_runner& operator=(const errand_runner&) = delete;

  using errand = std::variant<worker::position_ask, worker::fence_ask, worker::snapshot_ask, worker::deletion>;
  void ask(errand wanted);
  void forget();
  // Appends what has come.
  void take(std::vector<errand_answer>& into);

private:
  struct kept {
    errand wanted;
    std::uint64_t life = 0;
  };

  void run();
  void perform(const kept& one);
  bool goes_on(std::uint64_t life, std::chrono::steady_clock::time_point until) const;
  void answer(errand_answer given, std::uint64_t life);
  void fail(worker::ticket of, client_error error, std::string denied, std::uint64_t life);
  rd_kafka_t* client(client_handle& held, bool is_stable);

  client_error find_position(const worker::position_ask& wanted, errand_answer& found);
  void position(const worker::position_ask& wanted, std::uint64_t life);
  void say_pending(const worker::position_ask& wanted);
  void fence(const worker::fence_ask& wanted, std::uint64_t life);
  void read_snapshot(const worker::snapshot_ask& wanted, std::uint64_t life);
  client_error read_chunks(const worker::snapshot_ask& wanted, std::uint64_t life);
  void remove(const worker::deletion& wanted);

  const kafka_settings& settings_;
  std::size_t lane_;
  worker_figures& figures_;
  client_handle restore_;  // the runner's thread's, as are the next two
  client_handle stable_;
  client_handle admin_;
  // When whom was fenced, by this lane in all its lives. As many as there are lanes in the group.
  std::map<std::string, std::chrono::steady_clock::time_point> fenced_;

  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<kept> errands_;
  std::deque<errand_answer> answers_;
  std::size_t waiting_bytes_ = 0;
  std::atomic<std::uint64_t> life_{0};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

}  // namespace spindrift::kafka
