// Gives tasks to threads that wait for them.
#include "server/app/thread_team.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace spindrift {

thread_team::thread_team(std::size_t threads)
    : size_(std::clamp<std::size_t>(threads == 0 ? std::thread::hardware_concurrency() : threads, 1, threads_max)) {}

thread_team::~thread_team() {
  wait();
  {
    const std::lock_guard guard(lock_);
    is_over_ = true;
  }
  given_.notify_all();
  for (std::thread& one : threads_) one.join();
}

void thread_team::recruit() {
  is_recruited_ = true;
  if (size_ == 1) return;
  try {
    while (threads_.size() < size_) threads_.emplace_back([this, worker = threads_.size()] { work(worker); });
  } catch (const std::system_error&) {
    // The system gives no more threads: begin() does the rest.
  }
}

void thread_team::begin(task next) {
  wait();
  if (!is_recruited_) recruit();
  {
    const std::lock_guard guard(lock_);
    task_ = std::move(next);
    unfinished_ = threads_.size();
    ++count_;
  }
  given_.notify_all();
  // Nobody changes the task before wait().
  for (std::size_t worker = threads_.size(); worker < size_; ++worker) task_(worker);
}

void thread_team::wait() {
  std::unique_lock guard(lock_);
  done_.wait(guard, [this] { return unfinished_ == 0; });
}

void thread_team::work(std::size_t worker) {
  std::uint64_t seen = 0;
  std::unique_lock guard(lock_);
  for (;;) {
    given_.wait(guard, [&] { return is_over_ || count_ != seen; });
    if (is_over_) return;
    seen = count_;
    guard.unlock();
    task_(worker);
    guard.lock();
    if (--unfinished_ == 0) done_.notify_one();
  }
}

}  // namespace spindrift
