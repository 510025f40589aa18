// When pictures are drawn, which of them are tried again, and under what names they are kept.
#include "visualizer/app/picture_output.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "common/cli/terminal.hpp"
#include "common/log/log.hpp"
#include "common/protocol/time_text.hpp"
#include "visualizer/gnuplot/back_off.hpp"
#include "visualizer/gnuplot/picture.hpp"
#include "visualizer/gnuplot/terminal.hpp"
#include "visualizer/plot/script.hpp"
#include "visualizer/series/clock.hpp"
#include "visualizer/series/gallery.hpp"

namespace spindrift {
namespace {

// At the end it is now or never.
constexpr int last_attempts = 3;

canvas canvas_of(const scene& shown) {
  return picture_canvas(shown.shown.panels().size(), {!shown.rows.empty(), shown.has_widths});
}

}  // namespace

picture_output::picture_output(boost::asio::io_context& io, const viewer_settings& settings, const stream_board& board,
                               const heading& above)
    : settings_(settings), board_(board), heading_(above), timer_(io) {
  view_.limit(settings.from, settings.to);
}

screen_room picture_output::room() {
  return room_on(picture_canvas(gallery::panels_max, {true, false}));
}

const std::set<std::string>& picture_output::offered() {
  if (!offered_) offered_ = offered_terminals();
  return *offered_;
}

std::optional<int> picture_output::check() {
  if (!settings_.dump.empty()) {
    if (const auto obstacle = find_obstacle(settings_.dump))
      return refuse(viewer_program, "--dump: " + *obstacle, exit_bad_config);
  }
  if (settings_.output.empty()) return std::nullopt;
  if (const auto obstacle = find_obstacle(settings_.output))
    return refuse(viewer_program, "--output: " + *obstacle, exit_bad_config);
  const screen_choice choice = choose_picture(settings_.output, settings_.picture_kind(), offered(), picture_canvas(1));
  if (!choice.chosen) return refuse(viewer_program, choice.complaint, exit_failure);
  return std::nullopt;
}

void picture_output::start() {
  if (!settings_.output.empty()) arm(picture_outcome::nothing_to_see);
}

void picture_output::arm(picture_outcome last) {
  timer_.expires_after(pace_.after(last));
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled || is_stopped_) return;  // what is on its way already cannot be cancelled
    arm(attempt());
  });
}

picture_outcome picture_output::attempt() {
  const scene shown = look();
  if (shown.shown.panels().empty()) return picture_outcome::nothing_to_see;
  const auto failed = write(shown, settings_.output, settings_.picture_kind());
  if (!failed) return picture_outcome::drawn;
  log_event(log_level::warning, "no_picture", {{"reason", *failed}});
  return picture_outcome::failed;
}

void picture_output::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

scene picture_output::look() {
  return view_.look(board_, room(), steady_ms());
}

std::optional<std::string> picture_output::write(const scene& shown, const std::string& file, const std::string& kind) {
  if (shown.shown.panels().empty()) return std::nullopt;
  const canvas where = canvas_of(shown);
  return draw_picture(draw(shown, heading_, settings_.drawing, where), file, kind, offered(), where);
}

std::string picture_output::save(const scene& shown) {
  if (board_.stream_count() == 0) return "nothing to save yet";
  std::string when = to_rfc3339(unix_ms()).substr(0, 19);
  std::ranges::replace(when, ':', '-');
  const std::string file = "spindrift-" + when + ".png";
  if (const auto obstacle = find_obstacle(file)) return "not saved: " + *obstacle;
  const auto failed = write(shown, file, "png");
  return failed ? "not saved: " + *failed : "saved " + file;
}

std::string picture_output::text() {
  const screen page = text_page(display::here());
  const scene shown = view_.look(board_, room_on(page.where), steady_ms());
  return shown.shown.panels().empty() ? ""
                                      : draw_text(page.setup + draw(shown, heading_, settings_.drawing, page.where));
}

// For whoever wants to change it: gnuplot -p FILE.gp shows it on the terminal that gnuplot has.
std::optional<std::string> picture_output::dump() {
  const scene shown = look();
  const auto failed = write_script("# gnuplot -p FILE; or with `set terminal pdfcairo` and `set output` in front\n" +
                                       draw(shown, heading_, settings_.drawing, canvas_of(shown)),
                                   settings_.dump);
  return failed ? std::optional("--dump: " + *failed) : std::nullopt;
}

std::optional<int> picture_output::conclude() {
  if (!settings_.output.empty()) {
    std::optional<std::string> failed = write_newest();
    back_off pauses(std::chrono::milliseconds(200), std::chrono::seconds(1));
    for (int attempt = 1; failed && attempt < last_attempts; ++attempt) {
      std::this_thread::sleep_for(pauses.take());
      failed = write_newest();
    }
    if (failed) return refuse(viewer_program, *failed, exit_failure);
  }
  if (!settings_.dump.empty()) {
    if (const auto failed = dump()) return refuse(viewer_program, *failed, exit_failure);
  }
  return std::nullopt;
}

}  // namespace spindrift
