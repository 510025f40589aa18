// What moving streams costs who owns them: the longest that a lane, and whoever waits for a lock of the daemon's table,
// stands still while a snapshot is taken, and what a stream costs to be brought back.
//
//   bench-handover --streams 12500 --points 40
//
// prints one JSON object. Times are of the thread's own CPU, so that a busy machine does not count; beside the longest
// input of a lane stands what the same input takes without a snapshot.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/worker/lane.hpp"
#include "server/worker/partition.hpp"

namespace {

using namespace spindrift;
using namespace spindrift::worker;

double now_us() {
  timespec at{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e6 + static_cast<double>(at.tv_nsec) / 1e3;
}

template <class Work>
double took_us(const Work& work) {
  const double began = now_us();
  work();
  return now_us() - began;
}

// A point a record, the streams in turn.
class record_source {
public:
  explicit record_source(std::size_t streams) : streams_(streams) {}

  std::vector<input_record> next(std::size_t count) {
    lines_.resize(count);
    keys_.resize(count);
    std::vector<input_record> made;
    for (std::size_t i = 0; i < count; ++i, ++offset_) {
      keys_[i] = "plant.line.machine." + std::to_string(static_cast<std::size_t>(offset_) % streams_);
      lines_[i] = R"({"stream":")" + keys_[i] + R"(","value":)" + std::to_string(50 + noise_(random_)) + "}";
      made.push_back({offset_, 1'764'000'000'000 + offset_ / 10, keys_[i], lines_[i], true});
    }
    return made;
  }

private:
  std::size_t streams_;
  std::int64_t offset_ = 0;
  std::vector<std::string> lines_;
  std::vector<std::string> keys_;
  std::mt19937 random_{1};
  std::normal_distribution<double> noise_{0, 1};
};

struct taken_snapshot {
  std::vector<std::string> messages;
  std::string metadata;
  std::int64_t committed = 0;
  double longest_input_us = 0;
  double longest_tick_us = 0;
  double usual_input_us = 0;
  double all_us = 0;
};

void take_over(lane& member, const found_position& found, step& out) {
  const std::int32_t numbers[] = {0};
  member.assigned(numbers, out);
  while (!out.positions.empty()) {
    const step asked = std::exchange(out, {});
    for (const position_ask& one : asked.positions) member.positioned(one.id, found, out);
  }
}

taken_snapshot take_snapshot(const lane_settings& settings, std::size_t streams, std::size_t points) {
  constexpr std::size_t records = 512;  // as many as are given at a time
  counters counts;
  lane_counters own;
  lane member(settings, counts, own);
  record_source source(streams);
  step out;
  std::int64_t now_ms = 0;
  member.tick(now_ms, out);
  take_over(member, {}, out);
  for (std::size_t done = 0; done < streams * points; done += records) {
    out.clear();
    member.records(0, source.next(records), out);
  }
  taken_snapshot made;
  for (int count = 0; count < 50; ++count) {
    out.clear();
    const std::vector<input_record> given = source.next(records);
    made.usual_input_us = std::max(made.usual_input_us, took_us([&] { member.records(0, given, out); }));
  }
  now_ms += settings.snapshot_interval.count() * 4;
  for (;;) {
    out.clear();
    now_ms += 5;
    const double tick_us = took_us([&] { member.tick(now_ms, out); });
    made.longest_tick_us = std::max(made.longest_tick_us, tick_us);
    made.all_us += tick_us;
    const step done = std::exchange(out, {});
    for (const snapshot_chunk& one : done.chunks) {
      made.messages.emplace_back(done.text(one.value));
      member.delivered(one.id, static_cast<std::int64_t>(made.messages.size()) - 1, out);
    }
    if (done.commit) {
      member.committed(done.commit->id, out);
      made.metadata = done.commit->offsets.empty() ? made.metadata : done.commit->offsets[0].metadata;
      made.committed = done.commit->offsets.empty() ? made.committed : done.commit->offsets[0].offset;
      if (const auto pointer = pointer_from(made.metadata); pointer && pointer->has_snapshot()) return made;
    }
    const std::vector<input_record> given = source.next(std::min(records, member.records_max()));
    step said;
    const double input_us = took_us([&] { member.records(0, given, said); });
    made.longest_input_us = std::max(made.longest_input_us, input_us);
    for (const snapshot_chunk& one : said.chunks) {
      made.messages.emplace_back(said.text(one.value));
      member.delivered(one.id, static_cast<std::int64_t>(made.messages.size()) - 1, out);
    }
  }
}

// Of the whole snapshot, and the longest message.
std::pair<double, double> restore(const lane_settings& settings, const taken_snapshot& from) {
  counters counts;
  lane_counters own;
  lane member(settings, counts, own);
  step out;
  member.tick(0, out);
  take_over(member, {from.committed, from.metadata, 0, from.committed}, out);
  const ticket id = out.snapshots.at(0).id;
  double all_us = 0;
  double longest_us = 0;
  for (std::size_t i = 0; i < from.messages.size(); ++i) {
    out.clear();
    const double one_us = took_us([&] { member.chunk(id, static_cast<std::int64_t>(i), from.messages[i], out); });
    all_us += one_us;
    longest_us = std::max(longest_us, one_us);
  }
  return {all_us, longest_us};
}

// What the daemon's saved_state does under a stripe's lock, at a time: the names of a stripe, one stream's bytes.
double longest_hold(const lane_settings& settings, const taken_snapshot& from, std::size_t streams) {
  counters counts;
  lane_counters own;
  partition filled(0, settings, settings_hash(settings), counts, own);
  for (const std::string& message : from.messages) filled.load(message);
  double longest_us = 0;
  std::string bytes;
  stream_walk walk(filled.observer().streams());
  for (std::size_t seen = 0; seen < streams; ++seen) {
    const stream_key* key = nullptr;
    longest_us = std::max(longest_us, took_us([&] { key = walk.next(); }));
    if (key == nullptr) break;
    bytes.clear();
    longest_us = std::max(longest_us, took_us([&] {
                            const stream_table::locked_stream locked = filled.observer().streams().lock(*key);
                            if (locked.found != nullptr) save_stream(*locked.found, bytes);
                          }));
  }
  return longest_us;
}

}  // namespace

int main(int count, char** words) {
  std::size_t streams = 12'500;
  std::size_t points = 40;
  CLI::App options{"What moving streams costs who owns them"};
  options.add_option("--streams", streams, "in one partition");
  options.add_option("--points", points, "of each before the snapshot");
  CLI11_PARSE(options, count, words);
  lane_settings settings;
  settings.owner = "bench";
  settings.engine.streams_max = streams;
  const taken_snapshot taken = take_snapshot(settings, streams, points);
  std::size_t bytes = 0;
  for (const std::string& message : taken.messages) bytes += message.size();
  const auto [restore_us, longest_restore_us] = restore(settings, taken);
  std::printf(
      "{\"streams\":%zu,\"bytes_a_stream\":%.0f,\"messages\":%zu,\"input_ms\":%.2f,\"input_in_snapshot_ms\":%.2f,"
      "\"tick_in_snapshot_ms\":%.2f,\"restore_us_a_stream\":%.2f,\"restore_input_ms\":%.2f,\"daemon_hold_ms\":%.2f}\n",
      streams, static_cast<double>(bytes) / static_cast<double>(streams), taken.messages.size(),
      taken.usual_input_us / 1e3, taken.longest_input_us / 1e3, taken.longest_tick_us / 1e3,
      restore_us / static_cast<double>(streams), longest_restore_us / 1e3,
      longest_hold(settings, taken, streams) / 1e3);
  return 0;
}
