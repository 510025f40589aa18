#include "tests/faults/history_model.hpp"

#include <algorithm>
#include <utility>

#include "common/model/verdict.hpp"
#include "common/protocol/encode.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift::faults {
namespace {

told_point told_of(const verdict& numbered, const producer* sender) {
  const point& from = numbered.subject;
  told_point made{std::string(from.stream),
                  sender != nullptr ? sender->name() : std::string(),
                  from.value,
                  {},
                  *from.ts,
                  from.seq,
                  from.label,
                  numbered.n};
  for (const feature& each : from.values) made.values.emplace_back(each.name, each.value);
  return made;
}

void tell(const told_point& what, engine& to, truth& known) {
  std::vector<feature> features;
  for (const auto& [name, value] : what.values) features.push_back({name, value});
  point subject;
  subject.stream = what.stream;
  subject.value = what.value;
  subject.values = features;
  subject.ts = what.ts;
  subject.seq = what.seq;
  subject.label = what.label;
  std::vector<told_event> told;
  std::vector<feature_verdict> by_feature;
  const auto found = to.replay({what.producer, subject, what.n}, 1, {what.ts, 1}, told, by_feature);
  if (!found) return;
  std::string line;
  encode(*found, line);
  ++known.lines[line];
  if (what.producer.empty()) return;
  const bool is_new = known.named.emplace(std::pair(what.producer, what.seq), line).second;
  if (!is_new) known.repeated = line;
}

// A saved state has bytes that no longer matter, so states are compared by what they do: the readings of some more
// points, through a noisy level, a spike and a new level.
std::string future_of(stream& what) {
  constexpr int points = 48;
  std::string text = std::to_string(what.n) + " " + std::to_string(what.last_ts) + " ";
  append_number(what.last, text);
  std::vector<double> values(what.width());
  for (int i = 0; i < points; ++i) {
    for (double& each : values) each = 300 + i * 37 % 101 + (i == 20 ? 5'000 : 0) + (i > 30 ? 900 : 0);
    const reading seen = what.detectors.update(values, static_cast<double>(what.last_ts) / 1000 + i);
    for (const double each : {seen.baseline.expected, seen.baseline.sigma, seen.baseline.z, seen.score.value_or(-1),
                              seen.drift ? seen.drift->mean : -1}) {
      text += ' ';
      append_number(each, text);
    }
  }
  return text;
}

}  // namespace

bool recording_journal::append(const batch& what) {
  told_batch made;
  for (std::size_t i = 0; i < what.points.size(); ++i) {
    if (what.streams[i] != nullptr) made.points.push_back(told_of(what.outcomes[i].what, what.sender));
  }
  const journal_position before = persistence_.written_to();
  const bool was_dead = is_dead_();
  return finish(std::move(made), before, persistence_.append(what), was_dead);
}

bool recording_journal::forget(stream& what) {
  told_batch made;
  made.forgotten = what.name;
  const journal_position before = persistence_.written_to();
  const bool was_dead = is_dead_();
  return finish(std::move(made), before, persistence_.forget(what), was_dead);
}

// Of the batches of one step only the one that the process died in may have gone through all the same; the others came
// to a disk that took nothing any more.
bool recording_journal::finish(told_batch&& made, journal_position before, bool taken, bool was_dead) {
  if (made.points.empty() && made.forgotten.empty()) return taken;
  made.end = taken ? persistence_.written_to() : before + 1;
  if (taken || (is_dead_() && !was_dead)) told_.push_back(std::move(made));
  return taken;
}

truth replay(const std::vector<told_batch>& told, const engine_settings& settings) {
  counters counts;
  engine never_stopped(settings, counts);
  truth known;
  for (const told_batch& each : told) {
    if (!each.forgotten.empty()) never_stopped.replay_forget(each.forgotten, 1);
    for (const told_point& one : each.points) tell(one, never_stopped, known);
  }
  known.streams = states_of(never_stopped);
  return known;
}

std::map<std::string, std::string> states_of(engine& what) {
  std::map<std::string, std::string> states;
  stream_walk walk(what.streams());
  for (const stream_key* key = walk.next(); key != nullptr; key = walk.next()) {
    const stream_table::locked_stream locked = what.streams().lock(*key);
    stream& one = *locked.found;
    std::string bytes;
    save_stream(one, bytes);
    std::vector<state_loss> losses;
    const auto copy = restore_stream({.name = one.name, .bytes = bytes}, one.profile, losses);
    states[one.name.str()] = copy && losses.empty() ? future_of(*copy) : "cannot be restored";
  }
  return states;
}

}  // namespace spindrift::faults
