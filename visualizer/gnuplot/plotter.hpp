// Draws frames on a live gnuplot, on a thread of its own: the newest frame wins, so a slow gnuplot delays nobody, and a
// gnuplot that died is started again, with growing pauses (1 s to 30 s) for as long as it keeps dying.
//
// show() may be called from one thread at any time and never blocks. Bounded: one frame waits, one is being written.
// The destructor lets go of gnuplot, so that a window closes; one that does not read is killed after 2 s.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace spindrift {

class plotter {
public:
  static constexpr std::size_t keys_max = 256;

  // The pause before the first new attempt; the longest is 30 times that.
  explicit plotter(std::chrono::milliseconds pause_first = std::chrono::seconds(1));
  ~plotter();
  plotter(const plotter&) = delete;
  plotter& operator=(const plotter&) = delete;

  // A whole script: terminal and frame.
  void show(std::string frame);
  // The keys that were pressed in the window since this was asked last, as screen_view takes them; at most keys_max.
  std::string take_keys();
  // How often gnuplot died and was started again.
  std::uint64_t restarts() const { return restarts_; }
  // The process that draws now; 0: none. For tests.
  int pid() const { return pid_; }

private:
  void run();

  const std::chrono::milliseconds pause_first_;
  std::mutex lock_;
  std::condition_variable wake_;
  std::optional<std::string> newest_;
  std::string keys_;
  bool stopping_ = false;
  bool is_done_ = false;
  std::atomic<std::uint64_t> restarts_{0};
  std::atomic<int> pid_{0};
  std::thread thread_;
};

}  // namespace spindrift
