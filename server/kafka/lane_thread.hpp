// The thread of a lane: it tells the lane what happens, and does what the lane's step says.
//
// Owns the lane and its clients; nothing is shared with other lanes but figures. The loop never waits longer than some
// hundred ms once the lane is in the group, so time reaches it whatever brokers do. The one way back from an error: the
// clients go, others are made, the lane's partitions come anew. Ends when `stops` is set, once the lane has let go of
// what it had, or when the lane gives up; `ended` is called once, from the thread, with the exit code and the reason.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "server/kafka/errand.hpp"
#include "server/kafka/figures.hpp"
#include "server/kafka/lane_clients.hpp"
#include "server/worker/lane.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

class lane_thread {
public:
  using ended_call = std::function<void(int exit_code, std::string reason)>;
  // A farewell that takes longer is left undone: who comes after fences, and begins at the last commit.
  static constexpr std::chrono::seconds farewell_max{20};

  // All outlive the thread; the figures have a row for each of the partitions.
  lane_thread(const kafka_settings& settings, std::size_t lane, std::uint32_t partitions, worker_figures& figures,
              const std::atomic<bool>& stops, ended_call ended);
  ~lane_thread();
  lane_thread(const lane_thread&) = delete;
  lane_thread& operator=(const lane_thread&) = delete;

  void start();
  void join();

private:
  using clock = std::chrono::steady_clock;

  void run();
  bool ends_what_hangs(client_error& wrong);
  bool begin_life();
  void end_life(std::string_view why);
  void bury();
  void turn();
  bool says_farewell();
  void perform();
  void send_all();
  void perform_offsets();
  void ask_all();
  void say_notices();
  void seek_pending();
  void go_on_committing();
  void take_events();
  void take_event(client_event& told);
  void take_failure(const client_error& error, const std::string& denied);
  // Fenced, and so often within a session that another live worker must have our id.
  bool takes_turns();
  bool is_usurped_again();
  void take_answers();
  void take_answer(errand_answer& told);
  void take_records();
  void give_records(const message_batch& batch);
  void look_after_figures();
  void measure(const std::vector<worker::partition_state>& all);
  void measure_partition(const worker::partition_state& one);
  void watch_for_standstill(const worker::partition_state& one, std::int64_t end);
  void end(int exit_code, std::string reason);
  std::int64_t now_ms() const;

  const kafka_settings& settings_;
  std::size_t index_;
  worker_figures& figures_;
  const std::atomic<bool>& stops_;
  ended_call ended_;
  lane_figures& own_;
  worker::lane lane_;
  worker::step step_;
  errand_runner errands_;

  std::unique_ptr<lane_clients> clients_;  // none between two lives
  std::unique_ptr<lane_clients> dying_;    // of the life before
  bool has_ended_hanging_ = false;         // in this life
  bool is_joined_ = false;
  std::set<std::int32_t> assigned_;
  std::map<std::int32_t, std::pair<std::int64_t, clock::time_point>> seeks_;  // offset and deadline
  bool says_farewell_ = false;
  clock::time_point farewell_until_{};
  clock::time_point commit_began_{};
  clock::time_point looked_{};
  std::map<std::int32_t, clock::time_point> taken_over_;  // assigned, and not live yet
  std::map<std::int32_t, clock::time_point> restoring_;
  std::map<std::int32_t, std::pair<clock::time_point, std::int64_t>> snapshotting_;  // since when; the age before
  std::map<std::int32_t, std::pair<std::int64_t, clock::time_point>> moved_;         // to which offset, and when
  bool is_memory_full_ = false;
  clock::time_point rests_until_{};  // no new life before
  int fencings_ = 0;                 // since then, a session apart at most
  clock::time_point fenced_since_{};
  clock::time_point fenced_{};          // the last
  clock::time_point usurped_{};         // when another of our name was heard of last; long ago: never
  std::chrono::milliseconds pause_{0};  // before the next life

  bool is_over_ = false;
  int exit_code_ = 0;
  std::string reason_;
  std::vector<errand_answer> answers_;
  message_batch batch_;
  std::vector<worker::input_record> records_;
  std::thread thread_;
};

}  // namespace spindrift::kafka
