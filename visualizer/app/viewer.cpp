// One io_context with the subscription, the timers of frames and pictures, and the signals.
#include "visualizer/app/viewer.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "common/net/endpoint.hpp"
#include "common/text/printable.hpp"
#include "visualizer/app/event_command.hpp"
#include "visualizer/app/live_feed.hpp"
#include "visualizer/app/live_screen.hpp"
#include "visualizer/app/notice.hpp"
#include "visualizer/app/picture_output.hpp"
#include "visualizer/app/title_book.hpp"
#include "visualizer/gnuplot/terminal.hpp"
#include "visualizer/series/clock.hpp"
#include "visualizer/series/gallery.hpp"
#include "visualizer/series/stream_board.hpp"
#include "visualizer/subscription/history_events.hpp"
#include "visualizer/subscription/inquiry.hpp"
#include "visualizer/web/page_server.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;
using socket_error = boost::system::error_code;

class viewer {
public:
  explicit viewer(const viewer_settings& settings)
      : settings_(settings),
        gallery_(static_cast<std::size_t>(settings.points)),
        board_(static_cast<std::size_t>(settings.points)),
        pictures_(io_, settings, board_, heading_),
        frame_timer_(io_),
        end_timer_(io_),
        signals_(io_, SIGINT, SIGTERM) {
    heading_.server = settings.server;
    heading_.state = "connecting";
  }

  int run() {
    if (const auto code = prepare()) return *code;
    feed_->start();
    arm_frame();
    pictures_.start();
    if (settings_.seconds > 0) arm_end();
    await_signal();
    io_.run();
    return conclude();
  }

private:
  std::optional<int> prepare();
  std::optional<std::string> read_token(std::string& token) const;
  void arm_frame();
  void arm_end();
  void await_signal();
  std::optional<int> choose_output();
  std::optional<int> open_page();
  void ask_for_history();
  void hear(const judged_point& point);
  void hear_of(stream_event told);
  std::vector<std::string> names_in_view() const;
  void show_frame();
  void explain(const stream_event& asked);
  void open_inquiry();
  void set_state(const std::string& state);
  void stop();
  void show_last();
  int conclude();

  const viewer_settings& settings_;
  asio::io_context io_{1};
  gallery gallery_;  // for the page
  stream_board board_;
  heading heading_;
  picture_output pictures_;
  display display_ = display::here();
  std::optional<line_output> lines_;
  std::optional<live_screen> screen_;
  std::string token_;
  std::unique_ptr<page_server> page_;
  std::unique_ptr<title_book> titles_;
  std::unique_ptr<inquiry> inquiry_;
  std::unique_ptr<live_feed> feed_;
  asio::steady_timer frame_timer_;
  asio::steady_timer end_timer_;
  asio::signal_set signals_;
  bool changed_ = true;
  bool was_live_ = false;
  bool stopping_ = false;
};

bool read_word(const std::string& file, std::string& word) {
  std::ifstream in(file);
  return static_cast<bool>(in >> word);
}

// Where to draw, and whether it is possible there: before the server is bothered.
std::optional<int> viewer::choose_output() {
  if (settings_.wants_screen() && takes_lines(settings_.term, display_)) {
    lines_.emplace(STDOUT_FILENO);
  } else if (settings_.wants_screen()) {
    screen_.emplace(io_, settings_, board_,
                    screen_wishes{.quit = [this] { stop(); },
                                  .save = [this] { return pictures_.save(screen_->in_view(picture_output::room())); },
                                  .explain = [this](const stream_event& asked) { explain(asked); }});
    if (const auto complaint = screen_->open(pictures_.offered()))
      return refuse(viewer_program, *complaint, exit_failure);
  }
  return pictures_.check();
}

std::optional<int> viewer::prepare() {
  if (const auto wrong = read_token(token_)) return refuse(viewer_program, *wrong, exit_bad_config);
  if (const auto code = choose_output()) return code;
  if (!settings_.web.empty()) {
    if (const auto code = open_page()) return code;
  }
  if (page_ || screen_ || !settings_.output.empty() || !settings_.dump.empty()) {
    open_inquiry();
    titles_ = std::make_unique<title_book>(
        board_, [this](const command& asked, inquiry::answer done) { inquiry_->ask(asked, std::move(done)); });
  }
  feed_ = std::make_unique<live_feed>(
      io_, *endpoint_meant(settings_.server), settings_.streams, token_,
      subscription_events{.heard = [this](const judged_point& point) { hear(point); },
                          .told = [this](stream_event told) { hear_of(std::move(told)); },
                          .missed =
                              [this](std::uint64_t count) {
                                gallery_.add_missed(count);
                                board_.add_missed(count);
                              },
                          .state_changed = [this](const std::string& state) { set_state(state); },
                          .began =
                              [this] {
                                gallery_.expect_restarts();
                                board_.expect_restarts();
                                if (titles_) titles_->begin_anew();
                                if (page_ || screen_) ask_for_history();
                              }},
      [this](bool is_summed) { board_.expect_aggregates(is_summed, steady_ms()); });
  return std::nullopt;
}

std::optional<std::string> viewer::read_token(std::string& token) const {
  if (settings_.token_file.empty()) return std::nullopt;
  if (!read_word(settings_.token_file, token)) {
    return "--token-file: " + settings_.token_file + ": cannot be read, or holds no token";
  }
  return std::nullopt;
}

std::optional<int> viewer::open_page() {
  page_ = std::make_unique<page_server>(io_, *endpoint_meant(settings_.web), settings_.drawing.threshold,
                                        settings_.drawing.axis, settings_.public_url);
  if (!settings_.web_token_file.empty()) {
    std::string wanted;
    if (!read_word(settings_.web_token_file, wanted)) {
      return refuse(viewer_program,
                    "--web-token-file: " + settings_.web_token_file + ": cannot be read, or holds no token",
                    exit_bad_config);
    }
    page_->demand(wanted);
  }
  open_inquiry();
  page_->serve(board_, [this](const command& asked, inquiry::answer done) { inquiry_->ask(asked, std::move(done)); });
  if (const auto failed = page_->start()) return refuse(viewer_program, "cannot bind " + *failed, exit_failure);
  std::printf("listening on http://%s/\n", to_text(page_->address()).c_str());
  std::fflush(stdout);
  return std::nullopt;
}

void viewer::open_inquiry() {
  if (!inquiry_) inquiry_ = std::make_unique<inquiry>(io_, *endpoint_meant(settings_.server), token_);
}

// What happened before we came.
void viewer::ask_for_history() {
  open_inquiry();
  inquiry_->ask(history_command{{settings_.streams}, 0, 500}, [this](const std::optional<std::string>& reply) {
    if (!reply) return;
    for (stream_event& told : events_of_history(*reply)) board_.tell(std::move(told), false, steady_ms());
    changed_ = true;
  });
}

void viewer::hear(const judged_point& point) {
  const std::int64_t ts = point.ts();
  const bool is_wanted = settings_.from.value_or(ts) <= ts && ts <= settings_.to.value_or(ts);
  if (!page_ && !is_wanted) return;
  const bool is_new = board_.hear(*point.judged, point.bands, steady_ms(), {point.count, point.extents});
  if (is_new && page_ && is_wanted) gallery_.add(*point.judged, point.bands);
  changed_ = true;
}

// Of these every verdict is wanted.
std::vector<std::string> viewer::names_in_view() const {
  std::vector<std::string> names = page_ ? page_->watched(steady_ms()) : std::vector<std::string>{};
  const auto add = [&names](const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  if (screen_) add(screen_->shown());
  if (!settings_.output.empty()) add(pictures_.shown());
  return names;
}

void viewer::hear_of(stream_event told) {
  if (lines_) lines_->write(notice_of(told));
  if (page_) gallery_.add(told);
  board_.tell(std::move(told), true, steady_ms());
  changed_ = true;
}

void viewer::arm_frame() {
  frame_timer_.expires_after(std::chrono::milliseconds(1'000 / static_cast<std::int64_t>(settings_.fps)));
  frame_timer_.async_wait([this](socket_error cancelled) {
    if (cancelled || stopping_) return;  // what is on its way already cannot be cancelled
    if (lines_ && (lines_->is_closed() || !lines_->failure().empty())) return stop();
    show_frame();
    if (stopping_) return;  // by a key
    arm_frame();
  });
}

void viewer::arm_end() {
  end_timer_.expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(settings_.seconds * 1'000)));
  end_timer_.async_wait([this](socket_error cancelled) {
    if (!cancelled) stop();
  });
}

void viewer::await_signal() {
  signals_.async_wait([this](socket_error cancelled, int signal) {
    if (cancelled) return;
    if (stopping_) {
      keyboard::release();
      ::_exit(128 + signal);
    }
    stop();
  });
}

void viewer::show_frame() {
  const bool has_changed = std::exchange(changed_, false);
  if (screen_) screen_->refresh(heading_, has_changed);
  if (page_ && has_changed) page_->publish(gallery_, heading_);
  const std::vector<std::string> in_view = names_in_view();
  if (titles_) titles_->tick(in_view, steady_ms(), [this] { changed_ = true; });
  feed_->refresh(board_.stream_count(), in_view, steady_ms());
}

void viewer::explain(const stream_event& asked) {
  open_inquiry();
  inquiry_->ask(explain_command{asked.stream, asked.number}, [this](const std::optional<std::string>& reply) {
    if (!screen_) return;
    std::vector<std::string> lines;
    std::istringstream text(reply ? answered(*reply) : "the server gives no answer");
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    screen_->say(std::move(lines));
  });
}

void viewer::set_state(const std::string& state) {
  was_live_ = was_live_ || state == "live";
  if (state == heading_.state) return;
  heading_.state = state;
  changed_ = true;
  log_event(state == "live" ? log_level::info : log_level::warning, "server",
            {{"address", settings_.server}, {"state", state}});
}

void viewer::stop() {
  stopping_ = true;
  if (screen_) screen_->stop();
  feed_->stop();
  if (inquiry_) inquiry_->stop();
  if (page_) page_->stop();
  frame_timer_.cancel();
  pictures_.stop();
  end_timer_.cancel();
  signals_.cancel();
}

// Frames have no place in a pipe; the last one has, where somebody asked for a picture of text.
void viewer::show_last() {
  std::istringstream page(pictures_.text());
  for (std::string line; std::getline(page, line);) lines_->write(line + '\n');
}

int viewer::conclude() {
  if (lines_ && settings_.term == "dumb") show_last();
  if (const auto code = pictures_.conclude()) return code.value();
  const bool was_picture_wanted = !settings_.output.empty() || (lines_ && settings_.term == "dumb");
  if (was_picture_wanted && board_.stream_count() == 0) {
    const std::string streams = settings_.streams == "*" ? "" : " of " + in_quotes(settings_.streams);
    complain(viewer_program, "no verdict" + streams + " came, so there is no picture");
  }
  if (lines_ && !lines_->failure().empty())
    return refuse(viewer_program, "standard output: " + lines_->failure(), exit_failure);
  if (was_live_ || (lines_ && lines_->is_closed())) return exit_ok;
  complain(viewer_program, "never connected to " + settings_.server + ": " + heading_.state);
  return exit_failure;
}

}  // namespace

int run_viewer(const viewer_settings& settings) {
  std::signal(SIGPIPE, SIG_IGN);
  return viewer(settings).run();
}

}  // namespace spindrift
