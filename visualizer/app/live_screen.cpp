// Keys to the view, the view to gnuplot.
#include "visualizer/app/live_screen.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

#include "visualizer/plot/script.hpp"
#include "visualizer/series/clock.hpp"

namespace spindrift {
namespace {

using socket_error = boost::system::error_code;

}  // namespace

live_screen::live_screen(boost::asio::io_context& io, const viewer_settings& settings, const stream_board& board,
                         screen_wishes wishes)
    : settings_(settings),
      board_(board),
      wishes_(std::move(wishes)),
      keyboard_(
          io, [this](char key) { press(key); }, [this] { has_changed_ = true; }),
      resizes_(io) {
  view_.limit(settings.from, settings.to);
}

std::optional<std::string> live_screen::open(const std::set<std::string>& offered) {
  offered_ = offered;
  screen_choice choice = choose_screen(settings_.term, offered_, display_);
  if (!choice.chosen) return choice.complaint;
  screen_ = std::move(choice.chosen);
  plotter_.emplace();
  if (display_.is_terminal) await_resize();
  keyboard_.start();
  return std::nullopt;
}

void live_screen::refresh(const heading& above, bool has_changed) {
  for (const char key : plotter_->take_keys()) press(key);
  if (is_stopped_ || !(has_changed || std::exchange(has_changed_, false))) return;
  has_changed_ = false;
  const scene shown = view_.look(board_, room_on(screen_->where), steady_ms());
  plotter_->show(screen_->setup + draw(shown, above, settings_.drawing, screen_->where, screen_->wipe));
}

scene live_screen::in_view(const screen_room& room) {
  return view_.look(board_, room, steady_ms());
}

void live_screen::press(char key) {
  if (is_stopped_) return;
  has_changed_ = true;
  switch (view_.press(key, board_, steady_ms())) {
    case screen_wish::quit:
      wishes_.quit();
      break;
    case screen_wish::save:
      view_.remark(wishes_.save());
      break;
    case screen_wish::why:
      ask_why();
      break;
    case screen_wish::none:
      break;
  }
}

void live_screen::ask_why() {
  const stream_event* const asked = view_.event_in_question(board_);
  if (asked == nullptr) return view_.remark("no event yet");
  view_.remark("asking the server");
  wishes_.explain(*asked);
}

void live_screen::say(std::vector<std::string> lines) {
  view_.remark({});
  view_.say(std::move(lines));
  has_changed_ = true;
}

// The next frame is of the new size.
void live_screen::await_resize() {
  socket_error ignored;
  resizes_.add(SIGWINCH, ignored);
  resizes_.async_wait([this](socket_error cancelled, int /*signal*/) {
    if (cancelled || is_stopped_) return;
    display_ = display::here();
    if (auto choice = choose_screen(settings_.term, offered_, display_); choice.chosen) screen_ = choice.chosen;
    has_changed_ = true;
    await_resize();
  });
}

void live_screen::stop() {
  if (std::exchange(is_stopped_, true)) return;
  resizes_.cancel();
  keyboard_.stop();
}

}  // namespace spindrift
