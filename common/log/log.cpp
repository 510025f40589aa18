// The process's one log: two spdlog loggers under one lock.
#include "common/log/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "common/log/file_sink.hpp"
#include "common/log/flood_gate.hpp"
#include "common/log/log_change.hpp"
#include "common/log/log_line.hpp"
#include "common/log/log_mark.hpp"

namespace spindrift {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

// Everything between open_log and close_log; whoever touches it holds `lock`.
struct open_state {
  explicit open_state(const log_settings& settings);

  void write(spdlog::logger& target, log_level level, std::string_view event, std::span<const log_field> fields) {
    target.log(spdlog::level::info,
               spdlog::string_view_t(format_line(format, system_clock::now(), level, event, fields)));
  }
  void say_left_out(std::string_view event, std::uint64_t count) {
    write(findings, log_level::info, "findings_left_out",
          std::array{log_field{"of", event}, log_field{"count", count}});
  }
  void on_file_failure(const std::string& reason);
  void choose_sinks(log_level level);

  log_format format;
  flood_gate gate;
  spdlog::logger events;
  spdlog::logger findings;
  std::shared_ptr<spdlog::sinks::stderr_sink_st> terminal = std::make_shared<spdlog::sinks::stderr_sink_st>();
  std::shared_ptr<file_sink> file;
  bool is_file_failing = false;
};

std::mutex lock;
std::unique_ptr<open_state> state;
std::atomic<log_level> least_level = log_level::off;
std::atomic<bool> are_findings_wanted = false;
std::atomic<std::uint64_t> left_out_total = 0;

open_state::open_state(const log_settings& settings)
    : format(settings.format),
      gate({settings.limited_lines_per_s, settings.limited_lines_burst}),
      events("events"),
      findings("findings") {
  events.sinks().push_back(terminal);
  if (!settings.file.empty()) file = std::make_shared<file_sink>(settings.file);
  choose_sinks(settings.level);
  for (spdlog::logger* each : {&events, &findings}) each->set_pattern("%v");  // format_line made the line whole
  events.set_error_handler([](const std::string&) {});  // stderr is gone: there is nowhere left to say so
  findings.set_error_handler([this](const std::string& reason) { on_file_failure(reason); });
}

// Each sink has the pattern that it was given first.
void open_state::choose_sinks(log_level level) {
  findings.sinks().clear();
  if (level <= log_level::info) findings.sinks().push_back(terminal);
  if (file) findings.sinks().push_back(file);
}

// Called by spdlog in the middle of a write, the lock held. Says it once for each time the file starts to fail.
void open_state::on_file_failure(const std::string& reason) {
  if (is_file_failing) return;
  is_file_failing = true;
  if (least_level <= log_level::error) {
    write(events, log_level::error, "log_file_failed", std::array{log_field{"reason", reason}});
  }
}

void say_all_left_out(bool only_due) {
  for (const auto& [event, count] : state->gate.collect_left_out(steady_clock::now(), only_due)) {
    state->say_left_out(event, count);
  }
}

void log_limited(log_level level, std::string_view event, std::initializer_list<log_field> fields) {
  const std::lock_guard guard(lock);
  if (!state) return;
  const flood_gate::decision decision = state->gate.ask(event, steady_clock::now());
  if (!decision.passes) {
    left_out_total.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (decision.left_out > 0) state->say_left_out(event, decision.left_out);
  state->write(state->findings, level, event, {fields.begin(), fields.size()});
}

}  // namespace

void open_log(const log_settings& settings) {
  auto opened = std::make_unique<open_state>(settings);
  const std::lock_guard guard(lock);
  state = std::move(opened);
  left_out_total = 0;
  are_findings_wanted = !state->findings.sinks().empty();
  least_level = settings.level;
}

void change_log_level(log_level level) {
  const std::lock_guard guard(lock);
  if (!state) return;
  state->choose_sinks(level);
  are_findings_wanted = !state->findings.sinks().empty();
  least_level = level;
}

void close_log() {
  const std::lock_guard guard(lock);
  if (!state) return;
  say_all_left_out(false);
  are_findings_wanted = false;
  least_level = log_level::off;
  state.reset();
}

void reopen_log() {
  const std::lock_guard guard(lock);
  if (!state || !state->file) return;
  try {
    state->file->reopen();
    state->is_file_failing = false;
  } catch (const std::runtime_error& failure) {
    state->on_file_failure(failure.what());
  }
}

void log_event(log_level level, std::string_view event, std::initializer_list<log_field> fields) {
  if (level < least_level.load(std::memory_order_relaxed) || level == log_level::off) return;
  const std::lock_guard guard(lock);
  if (state) state->write(state->events, level, event, {fields.begin(), fields.size()});
}

void log_finding(std::string_view event, std::initializer_list<log_field> fields) {
  if (are_findings_wanted.load(std::memory_order_relaxed)) log_limited(log_level::info, event, fields);
}

void log_mark(std::string_view event, std::initializer_list<log_field> fields) {
  if (log_level::debug >= least_level.load(std::memory_order_relaxed)) log_limited(log_level::debug, event, fields);
}

void report_left_out() {
  if (!are_findings_wanted.load(std::memory_order_relaxed)) return;
  const std::lock_guard guard(lock);
  if (state) say_all_left_out(true);
}

std::uint64_t findings_left_out() {
  return left_out_total.load(std::memory_order_relaxed);
}

}  // namespace spindrift
