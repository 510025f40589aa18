// The thread that feeds a live gnuplot.
#include "visualizer/gnuplot/plotter.hpp"

#include <gnuplot-iostream.h>
#include <signal.h>

#include <memory>
#include <sstream>
#include <utility>

#include "common/log/log.hpp"
#include "visualizer/gnuplot/back_off.hpp"
#include "visualizer/gnuplot/child.hpp"
#include "visualizer/gnuplot/window_key.hpp"

namespace spindrift {
namespace {

// A key answers within a frame.
constexpr std::chrono::milliseconds key_interval{100};

// gnuplot-iostream's stream over a child of ours. It closes the pipe when it dies, and the child ends of that; its own
// close() is never called, since it aborts in debug builds.
class session_with_gnuplot {
public:
  session_with_gnuplot() : child_({"gnuplot"}, child::voice::ours) {
    if (child_.input() != nullptr) stream_ = std::make_unique<Gnuplot>(child_.release_input());
  }
  // False: gnuplot is gone.
  bool draw(const std::string& frame) {
    if (!stream_) return false;
    stream_->write(frame.data(), static_cast<std::streamsize>(frame.size()));
    stream_->flush();
    if (!stream_->good()) return false;
    ++frames_;
    return true;
  }
  // What it says: keys, as the window's bindings print them (key_commands()), and complaints, which are kept.
  std::string hear() {
    std::string keys;
    std::string rest;
    std::istringstream lines(child_.take_errors());
    for (std::string line; std::getline(lines, line);) {
      if (const auto key = key_in(line)) {
        keys += *key;
      } else {
        rest += line + '\n';
      }
    }
    if (auto said = last_line_of(rest); !said.empty()) said_ = std::move(said);
    return keys;
  }
  // How it died.
  std::string obituary() {
    stream_.reset();
    const child_end end = child_.finish(2);
    if (end.exit_code == 127) return "gnuplot is not installed";
    hear();
    return to_text(end) + (said_.empty() ? "" : "; it said: " + said_);
  }
  // Long enough to say that it can live.
  bool is_settled() const { return frames_ >= 20; }
  int pid() const { return child_.pid(); }

private:
  child child_;
  std::unique_ptr<Gnuplot> stream_;
  std::string said_;
  unsigned frames_ = 0;
};

}  // namespace

plotter::plotter(std::chrono::milliseconds pause_first) : pause_first_(pause_first), thread_([this] { run(); }) {}

plotter::~plotter() {
  {
    std::unique_lock guard(lock_);
    stopping_ = true;
    wake_.notify_all();
    // One that was stopped does not read, and whoever writes to it waits.
    if (!wake_.wait_for(guard, std::chrono::seconds(2), [this] { return is_done_; }) && pid_ > 0) ::kill(pid_, SIGKILL);
  }
  thread_.join();
}

void plotter::show(std::string frame) {
  {
    const std::lock_guard guard(lock_);
    newest_ = std::move(frame);
  }
  wake_.notify_all();
}

std::string plotter::take_keys() {
  const std::lock_guard guard(lock_);
  return std::exchange(keys_, {});
}

void plotter::run() {
  back_off pauses(pause_first_, pause_first_ * 30);
  std::unique_ptr<session_with_gnuplot> drawing;
  std::unique_lock guard(lock_);
  while (!stopping_) {
    const auto has_work = [this] { return stopping_ || newest_.has_value(); };
    if (drawing) {
      wake_.wait_for(guard, key_interval, has_work);
      keys_.append(drawing->hear());
      if (keys_.size() > keys_max) keys_.resize(keys_max);
    } else {
      wake_.wait(guard, has_work);
    }
    if (stopping_) break;
    if (!newest_) continue;
    std::string frame = std::move(*newest_);
    newest_.reset();
    guard.unlock();
    if (!drawing) drawing = std::make_unique<session_with_gnuplot>();
    pid_ = drawing->pid();
    const bool is_drawn = drawing->draw(frame);
    if (is_drawn) {
      if (drawing->is_settled()) pauses.reset();
      guard.lock();
      continue;
    }
    pid_ = 0;
    const auto pause = pauses.take();
    log_event(log_level::warning, "gnuplot_ended",
              {{"reason", drawing->obituary()}, {"again_in_ms", std::int64_t{pause.count()}}});
    drawing.reset();
    ++restarts_;
    guard.lock();
    if (!newest_) newest_ = std::move(frame);
    wake_.wait_for(guard, pause, [this] { return stopping_; });
  }
  guard.unlock();
  pid_ = 0;
  drawing.reset();
  guard.lock();
  is_done_ = true;
  wake_.notify_all();
}

}  // namespace spindrift
