// Makes trouble, ends it, and compares.
#include "tests/faults/lane_world.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/faults/undisturbed.hpp"

namespace spindrift::faults {
namespace {

constexpr std::int64_t epoch_ms = 1'764'000'000'000;
constexpr std::int32_t partitions = 4;
constexpr std::int64_t session_ms = 6'000;
constexpr std::int64_t trouble_ms = 60'000;
constexpr std::int64_t deadline_ms = 120'000;  // behind the trouble, for everything to be answered
constexpr std::uint32_t streams = 10;
constexpr std::size_t hosts_max = 5;

std::int64_t transaction_time(const lane_trial& trial) {
  if (trial.transaction_ms != 0) return trial.transaction_ms;
  return trial.seed % 3 == 0 ? 60'000 : 15'000;
}

std::string cut(const std::string& line) {
  return line.size() > 160 ? line.substr(0, 160) + "…" : line;
}

}  // namespace

lane_world::lane_world(const lane_trial& trial)
    : trial_(trial), chance_(trial.seed), broker_(partitions, session_ms, transaction_time(trial)) {
  for (int warm = 0; warm < 3; ++warm) chance_();
  broker_.wrong = trial.broker_fault;
  choose_settings();
}

void lane_world::choose_settings() {
  settings_.partitions = partitions;
  settings_.engine.detectors.ensemble_on = pick(chance_, 6) == 0;
  settings_.engine.detectors.zscore.method = pick(chance_, 3) == 0 ? zscore_method::robust : zscore_method::classic;
  settings_.engine.detectors.adwin.clock = 4;
  settings_.commit_interval = std::chrono::milliseconds(100);
  settings_.snapshot_interval = std::chrono::milliseconds(1'000 + pick(chance_, 8'000));
  settings_.chunk_bytes = 700 + pick(chance_, 4'000);
  settings_.snapshot_slice_bytes = 1 + pick(chance_, 3'000);
  settings_.chunks_in_flight_max = 1 + pick(chance_, 6);
  settings_.wait_max = trial_.waits_for_ever ? std::chrono::hours(1'000) : std::chrono::milliseconds(20'000);
  settings_.release_max = std::chrono::milliseconds(2'000);
  settings_.replay_records_per_s = 1 + pick(chance_, 20);
  settings_.replay_debt_max = std::chrono::milliseconds(2'000);
  settings_.engine.streams_max = 100;
  settings_.forget_after = std::chrono::hours(24);
  if (pick(chance_, 4) == 0) settings_.forget_after = std::chrono::milliseconds(4'000 + pick(chance_, 10'000));
  if (pick(chance_, 4) == 0) settings_.engine.streams_max = 2;
  if (pick(chance_, 8) == 0) settings_.writes_verdicts = false;
  if (pick(chance_, 8) == 0 && trial_.host_fault == lane_host::fault::none) {
    settings_.delivery = worker::delivery_level::at_least_once;
  }
}

void lane_world::add_host() {
  std::string name = "spindrift.w" + std::to_string(++names_) + ".0";
  hosts_.push_back(std::make_unique<lane_host>(std::move(name), settings_, broker_, chance_));
  hosts_.back()->wrong = trial_.host_fault;
  hosts_.back()->sends_chunks_apart = trial_.seed % 2 == 0;
  hosts_.back()->is_static = trial_.seed % 4 != 0;
}

// A point now and then with its own time, a bad line, a value out of line.
std::string lane_world::line_of(std::uint32_t stream, std::int64_t at_ms) {
  const std::uint32_t kind = pick(chance_, 60);
  if (kind == 0) return R"({"op":"ping"})";
  if (kind == 1) return R"({"stream":"x","value":)";
  double& level = level_[stream];
  level += (static_cast<double>(pick(chance_, 2'001)) - 1'000) / 2'000;
  const double spike = kind == 2 ? 40 : 0;
  ++points_;
  std::string line = R"({"stream":"s)" + std::to_string(stream) + R"(","value":)" + std::to_string(level + spike);
  if (kind % 3 == 0) line += R"(,"ts":)" + std::to_string(at_ms - 5);
  if (kind == 7) line = R"({"stream":"s)" + std::to_string(stream) + R"(","values":{"a":1,"b":2})";
  return line + "}";
}

void lane_world::produce() {
  for (std::uint32_t left = 1 + pick(chance_, 4); left > 0; --left) {
    // A quiet stream, so that some are forgotten.
    std::uint32_t stream = pick(chance_, streams);
    if (stream > 6 && pick(chance_, 6) != 0) stream = 0;
    const std::int64_t at_ms = epoch_ms + now_ms_;
    message record;
    record.key = "s" + std::to_string(stream);
    record.timestamp_ms = at_ms - (pick(chance_, 12) == 0 ? 700 : 0);
    const std::uint32_t lines = pick(chance_, 5) == 0 ? 2 + pick(chance_, 4) : 1;
    for (std::uint32_t i = 0; i < lines; ++i) {
      if (i > 0) record.value += '\n';
      record.value += line_of(stream, at_ms);
    }
    broker_.append(topic::points, static_cast<std::int32_t>(stream) % partitions, std::move(record));
  }
}

std::uint64_t lane_world::sum(counter worker::lane_counters::*of) const {
  std::uint64_t all = 0;
  for (const auto& one : hosts_) all += read(one->counts().*of);
  return all;
}

void lane_world::kill(std::size_t which) {
  const std::uint32_t how = pick(chance_, 3);
  if (how == 0) hosts_[which]->leave();
  if (how == 1) hosts_.erase(hosts_.begin() + static_cast<std::ptrdiff_t>(which));
  if (how != 2) {
    if (hosts_.size() < hosts_max) add_host();
    return;
  }
  // Shorter than a session, or longer.
  hosts_[which]->freeze_until(now_ms_ + 500 + pick(chance_, 14'000));
}

void lane_world::disturb() {
  const std::uint32_t kind = pick(chance_, 120);
  if (kind == 0) return kill(pick(chance_, static_cast<std::uint32_t>(hosts_.size())));
  if (kind == 1) return broker_.rebalance(pick(chance_, 100));
  if (kind == 2 && hosts_.size() < hosts_max) return add_host();
}

void lane_world::act(const lane_host::dials& trouble) {
  now_ms_ += pick(chance_, 50);
  broker_.advance(now_ms_);
  // Not all of them in every step, so that none knows when the others do something.
  for (const auto& one : hosts_) {
    for (std::uint32_t left = pick(chance_, 4); left > 0; --left) one->act(now_ms_, trouble);
  }
  std::erase_if(hosts_, [](const auto& one) { return one->is_gone(); });
  if (hosts_.empty()) add_host();
}

bool lane_world::is_answered() const {
  for (std::int32_t p = 0; p < partitions; ++p) {
    if (broker_.committed(p).offset < broker_.end_of(topic::points, p)) return false;
  }
  return true;
}

std::string lane_world::run() {
  for (int count = 0; count < 3; ++count) add_host();
  lane_host::dials trouble;
  trouble.lost_answers = pick(chance_, 12);
  trouble.failed_sends = pick(chance_, 4);
  trouble.failed_commits = pick(chance_, 60);
  trouble.lost_commits = pick(chance_, 60);
  trouble.old_generations = pick(chance_, 300);
  trouble.late_ms = pick(chance_, 300);
  while (now_ms_ < trouble_ms) {
    if (pick(chance_, 14) == 0) produce();
    disturb();
    act(trouble);
    for (const auto& one : hosts_) {
      if (!one->stopped().empty()) return one->name() + " stopped: " + one->stopped();
    }
  }
  const std::int64_t end_ms = now_ms_ + deadline_ms;
  while (!is_answered()) {
    act({});
    if (now_ms_ > end_ms) return "no progress: not everything was answered within the deadline";
    for (const auto& one : hosts_) {
      if (!one->stopped().empty()) return one->name() + " stopped: " + one->stopped();
    }
  }
  // A dead owner's transaction may still hang over what was answered by others.
  now_ms_ += 100'000;
  broker_.advance(now_ms_);
  return compare();
}

std::string lane_world::compare() {
  for (std::int32_t p = 0; p < partitions; ++p) {
    std::vector<message> records;
    for (std::int64_t offset = 0; offset < broker_.end_of(topic::points, p); ++offset) {
      std::int64_t at = offset;
      message one;
      broker_.read(topic::points, p, at, one);
      records.push_back(std::move(one));
    }
    const expected_messages wanted = say_undisturbed(settings_, records);
    for (const auto& [of, lines] :
         {std::pair(topic::verdicts, &wanted.verdicts), std::pair(topic::events, &wanted.events),
          std::pair(topic::dead_letters, &wanted.dead_letters)}) {
      if (of == topic::verdicts && !settings_.writes_verdicts) continue;
      if (std::string wrong = compare_topic(of, p, *lines); !wrong.empty()) return wrong;
    }
  }
  return {};
}

std::string lane_world::compare_topic(topic of, std::int32_t partition, const std::vector<std::string>& wanted) const {
  std::vector<std::string> found;
  std::int64_t offset = 0;
  message one;
  for (; broker_.read(of, partition, offset, one); ++offset) {
    for (std::size_t begin = 0; begin <= one.value.size();) {
      const std::size_t end = std::min(one.value.find('\n', begin), one.value.size());
      found.push_back(one.value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  const std::string where =
      "topic " + std::to_string(static_cast<int>(of)) + ", partition " + std::to_string(partition) + ": ";
  if (offset < broker_.end_of(of, partition) && !broker_.is_stable_to(of, partition, broker_.end_of(of, partition))) {
    return where + "a transaction is pending for ever";
  }
  if (settings_.delivery == worker::delivery_level::at_least_once) {
    std::vector<std::string> said = found;
    std::vector<std::string> all = wanted;
    std::sort(said.begin(), said.end());
    std::sort(all.begin(), all.end());
    said.erase(std::unique(said.begin(), said.end()), said.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (said == all) return {};
    return where + "lines are missing, or differ (at least once)";
  }
  for (std::size_t i = 0; i < std::max(found.size(), wanted.size()); ++i) {
    if (i < found.size() && i < wanted.size() && found[i] == wanted[i]) continue;
    return where + "line " + std::to_string(i) + " of " + std::to_string(wanted.size()) + " (found " +
           std::to_string(found.size()) + ")\n  wanted " + (i < wanted.size() ? cut(wanted[i]) : "none") +
           "\n  found  " + (i < found.size() ? cut(found[i]) : "none");
  }
  return {};
}

}  // namespace spindrift::faults
