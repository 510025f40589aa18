// What a point costs the server but for its sockets: bytes in, replies out, through session, pipeline and engine.
//
//   bench-cost --detectors robust --streams 10000 --form named --replies marked
//
// prints one JSON object: points, ns (a point), replies (bytes a point). Streams take turns, as cold as they can be.
// Every stream has had `--warm` points before the clock starts. `take_round` is the function that callgrind is told to
// watch; it counts from `--rounds` before the end on, and simulates its caches for one round more, so that they are
// full. No journal.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <numbers>
#include <random>
#include <string>
#include <string_view>

#include "common/protocol/encode.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/session/session.hpp"

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#endif

namespace {

using namespace spindrift;

struct cost_settings {
  std::string detectors = "default";
  std::string form = "plain";  // named: with seq, label and 17 digits, of a producer with a name; or another format
  std::string replies = "all";
  std::size_t streams = 1'000;
  std::size_t warm = 200;  // points a stream before the clock starts
  std::size_t rounds = 0;  // measured, each a point a stream; 0: 100,000 points, at least one
};

class blank_info final : public server_info {
public:
  void append_stats(std::string& /*out*/) const override {}
};

detector_settings detectors_named(const std::string& name) {
  detector_settings made;
  made.ensemble_on = name == "default";
  if (name == "classic") made.zscore.method = zscore_method::classic;
  return made;
}

// The lines of one round, a point a stream. Normal noise of variance 1 around 50, a spike in 1,000.
class line_source {
public:
  explicit line_source(const cost_settings& chosen) : settings_(chosen) {}

  const std::string& next_round() {
    bytes_.clear();
    now_ms_ += 1'000;
    for (std::size_t i = 0; i < settings_.streams; ++i) add_point(i);
    return bytes_;
  }

private:
  void add_point(std::size_t stream) {
    const double u = (static_cast<double>(engine_() >> 11U) + 0.5) * 0x1p-53;
    const double v = static_cast<double>(engine_() >> 11U) * 0x1p-53;
    const double noise = std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
    const double value = 50.0 + noise + (engine_() % 1'000 == 0 ? 20.0 : 0.0);
    char line[160];
    const int length = write(line, sizeof line, stream, value);
    bytes_.append(line, static_cast<std::size_t>(length));
  }

  int write(char* line, std::size_t size, std::size_t stream, double value) {
    const auto time = static_cast<long long>(now_ms_);
    if (settings_.form == "named") {
      constexpr const char* form = R"({"stream":"plant-7.cell-%06zu","seq":%llu,"ts":%lld,"value":%.17g,"label":false})"
                                   "\n";
      return std::snprintf(line, size, form, stream, static_cast<unsigned long long>(++seq_), time, value);
    }
    if (settings_.form == "graphite") {
      return std::snprintf(line, size, "plant-7.cell-%06zu %.6f %lld\n", stream, value, time / 1'000);
    }
    if (settings_.form == "influx") {
      return std::snprintf(line, size, "plant-7,cell=%06zu value=%.6f %lld000000\n", stream, value, time);
    }
    return std::snprintf(line, size,
                         R"({"stream":"plant-7.cell-%06zu","value":%.6f,"ts":%lld})"
                         "\n",
                         stream, value, time);
  }

  const cost_settings& settings_;
  std::mt19937_64 engine_{7};
  std::int64_t now_ms_ = 1'764'000'000'000;
  std::uint64_t seq_ = 0;
  std::string bytes_;
};

// One client of a server without sockets, which does with a step what a connection does.
class client {
public:
  explicit client(const cost_settings& chosen)
      : engine_(settings_of(chosen), counts_),
        way_(engine_),
        workspace_(way_),
        conversation_(environment(), workspace_, 1) {
    if (chosen.form == "graphite" || chosen.form == "influx") return;  // a hello would ask for replies
    hello_command hello;
    if (chosen.form == "named") hello.producer = "bench";
    if (chosen.replies != "all") hello.replies = reply_choice_named(chosen.replies);
    std::string line;
    encode(command_frame{{}, hello}, line);
    give(line);
  }

  // Returns the bytes of the replies.
  std::size_t give(std::string_view bytes) {
    std::size_t replied = 0;
    while (!bytes.empty()) {
      const auto space = received_.space();
      const std::size_t size = std::min({space.size(), bytes.size(), std::size_t{65'536}});
      std::memcpy(space.data(), bytes.data(), size);
      received_.received(size);
      bytes.remove_prefix(size);
      do replied += take_turn();
      while (out_.has_more);
    }
    return replied;
  }

private:
  static engine_settings settings_of(const cost_settings& chosen) {
    engine_settings made;
    made.detectors = detectors_named(chosen.detectors);
    made.streams_max = chosen.streams + 1'000;  // no batch has to look for room
    made.grown_bytes_max = 0;
    return made;
  }
  session_environment environment() { return {engine_, producers_, counts_, info_}; }

  // As a shard's round does with one connection.
  std::size_t take_turn() {
    out_.clear();
    workspace_.clear();
    const bool is_whole = conversation_.gather(received_);
    if (!workspace_.taken.is_empty()) {
      way_.ingest(workspace_.taken, now());
      way_.publish(workspace_.taken);
    }
    if (is_whole) {
      conversation_.answer_gathered(out_);
    } else {
      conversation_.advance(received_, now(), out_);
    }
    return out_.replies.size();
  }

  counters counts_;
  blank_info info_;
  engine engine_;
  producer_table producers_;
  pipeline way_;
  session_workspace workspace_;
  session conversation_;
  inbox received_;
  step out_;
};

// Kept whole and by this name, so that callgrind can count inside it alone.
[[gnu::noinline]] std::size_t take_round(client& by, const std::string& bytes) {
  return by.give(bytes);
}

}  // namespace

int main(int argc, char** argv) {
  cost_settings settings;
  CLI::App app("what a point costs");
  app.add_option("--detectors", settings.detectors)->check(CLI::IsMember({"classic", "robust", "default"}));
  app.add_option("--form", settings.form)->check(CLI::IsMember({"plain", "named", "graphite", "influx"}));
  app.add_option("--replies", settings.replies)->check(CLI::IsMember({"all", "marked", "errors"}));
  app.add_option("--streams", settings.streams);
  app.add_option("--warm", settings.warm);
  app.add_option("--rounds", settings.rounds);
  CLI11_PARSE(app, argc, argv);
  if (settings.rounds == 0) settings.rounds = std::max<std::size_t>(1, 100'000 / settings.streams);

  line_source lines(settings);
  client by(settings);
  for (std::size_t i = 0; i + 1 < settings.warm; ++i) by.give(lines.next_round());
  CALLGRIND_START_INSTRUMENTATION;
  by.give(lines.next_round());
  using steady = std::chrono::steady_clock;
  steady::duration spent{};
  std::size_t replied = 0;
  for (std::size_t i = 0; i < settings.rounds; ++i) {
    const std::string& bytes = lines.next_round();
    const auto begin = steady::now();
    replied += take_round(by, bytes);
    spent += steady::now() - begin;
  }
  const auto points = static_cast<double>(settings.rounds * settings.streams);
  std::printf(R"({"points":%.0f,"ns":%.2f,"replies":%.1f})"
              "\n",
              points, std::chrono::duration<double, std::nano>(spent).count() / points,
              static_cast<double>(replied) / points);
  return 0;
}
