// Draws frames on a live gnuplot, on a thread of its own: the newest frame wins, so a slow gnuplot delays nobody, and a
// gnuplot that died is started again. Also writes single pictures.
//
// show() may be called from one thread at any time and never blocks. Bounded: one frame waits, one is being written.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace spindrift {

class plotter {
public:
  plotter();
  // Lets go of gnuplot; a window closes.
  ~plotter();
  plotter(const plotter&) = delete;
  plotter& operator=(const plotter&) = delete;

  // A whole script: terminal and frame.
  void show(std::string frame);
  // How often gnuplot died and was started again.
  std::uint64_t restarts() const { return restarts_; }
  // The process that draws now; 0: none. For tests.
  int pid() const { return pid_; }

private:
  void run();

  std::mutex lock_;
  std::condition_variable wake_;
  std::optional<std::string> newest_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> restarts_{0};
  std::atomic<int> pid_{0};
  std::thread thread_;
};

// Has gnuplot run the script to its end; it writes to `temporary`, which then takes the name `file` at once. Returns
// why there is no picture. Takes some 200 ms.
std::optional<std::string> write_picture(const std::string& script, const std::string& temporary,
                                         const std::string& file);

}  // namespace spindrift
