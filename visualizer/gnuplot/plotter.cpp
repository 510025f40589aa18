// The thread that feeds a live gnuplot, and the one-off pictures.
#include "visualizer/gnuplot/plotter.hpp"

#include <gnuplot-iostream.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "common/log/log.hpp"
#include "visualizer/gnuplot/child.hpp"

namespace spindrift {
namespace {

constexpr int picture_seconds_max = 30;

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
    return stream_->good();
  }
  int pid() const { return child_.pid(); }

private:
  child child_;
  std::unique_ptr<Gnuplot> stream_;
};

}  // namespace

plotter::plotter() : thread_([this] { run(); }) {}

plotter::~plotter() {
  {
    const std::lock_guard guard(lock_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void plotter::show(std::string frame) {
  {
    const std::lock_guard guard(lock_);
    newest_ = std::move(frame);
  }
  wake_.notify_all();
}

void plotter::run() {
  // A gnuplot that cannot live, with no display say, is tried again at leisure.
  constexpr std::chrono::seconds pause_before_restart{1};
  std::unique_ptr<session_with_gnuplot> drawing;
  for (std::unique_lock guard(lock_); !stopping_;) {
    wake_.wait(guard, [this] { return stopping_ || newest_.has_value(); });
    if (stopping_) return;
    const std::string frame = std::move(*newest_);
    newest_.reset();
    guard.unlock();
    if (!drawing) drawing = std::make_unique<session_with_gnuplot>();
    pid_ = drawing->pid();
    const bool is_drawn = drawing->draw(frame);
    guard.lock();
    if (is_drawn) continue;
    drawing.reset();
    pid_ = 0;
    ++restarts_;
    log_event(log_level::warning, "gnuplot_ended", {{"effect", "started again"}});
    if (!newest_) newest_ = frame;
    wake_.wait_for(guard, pause_before_restart, [this] { return stopping_; });
  }
}

std::optional<std::string> write_picture(const std::string& script, const std::string& temporary,
                                         const std::string& file) {
  child gnuplot({"gnuplot"}, child::voice::captured);
  if (gnuplot.input() == nullptr) return "gnuplot cannot be started";
  std::fwrite(script.data(), 1, script.size(), gnuplot.input());
  std::fclose(gnuplot.release_input());
  const std::string said = gnuplot.read_all();
  const auto code = gnuplot.finish(picture_seconds_max);
  if (code != 0) {
    std::remove(temporary.c_str());
    return code == 127 ? "gnuplot is not installed" : "gnuplot failed: " + said.substr(0, 300);
  }
  if (std::rename(temporary.c_str(), file.c_str()) != 0) return file + ": " + std::strerror(errno);
  return std::nullopt;
}

}  // namespace spindrift
