// Threads that are begun once and given one task after the other, at start-up.
//
// begin() has every worker do its share while the caller goes on, wait() ends when all have. One task at a time; owned
// by one thread, which calls both. What the task looks into stays until wait(). Threads begin with the first task and
// end with the team. Where the system gives fewer than were asked for, or one is all there is, begin() does the rest of
// the shares itself. A task throws nothing. Cost: some 10 us a task.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace spindrift {

class thread_team {
public:
  static constexpr std::size_t threads_max = 16;
  // Which worker, from 0.
  using task = std::function<void(std::size_t)>;

  // threads: 0, as many as there are cores.
  explicit thread_team(std::size_t threads);
  ~thread_team();
  thread_team(const thread_team&) = delete;
  thread_team& operator=(const thread_team&) = delete;

  std::size_t size() const { return size_; }
  void begin(task next);
  void wait();

private:
  void recruit();
  void work(std::size_t worker);

  const std::size_t size_;
  std::vector<std::thread> threads_;
  bool is_recruited_ = false;

  std::mutex lock_;
  std::condition_variable given_;
  std::condition_variable done_;
  task task_;                   // the next three under the lock
  std::uint64_t count_ = 0;     // of tasks that were given
  std::size_t unfinished_ = 0;  // workers that have not done theirs
  bool is_over_ = false;
};

}  // namespace spindrift
