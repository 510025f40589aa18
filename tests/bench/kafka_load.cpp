// What the row of spindrift-worker is measured with. Two modes, each of which prints one JSON object:
//
//   bench-kafka fill --brokers HOST:PORT --name T --partitions 8 --points 1000000 --streams 1000 --lines 50
//     makes the topics T-points, T-verdicts, T-events, T-dead-letters, T-snapshots and fills the first
//   bench-kafka latency --brokers HOST:PORT --name T --partitions 8 --streams 1000 --rate 20000 --seconds 10
//     sends points into T-points at a steady rate, and says how long their committed verdicts took from there, and of
//     each partition how long it was silent at most and when (Unix time) that ended
//   bench-kafka await --brokers HOST:PORT
//     comes back when a broker answers
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/latency_count.hpp"
#include "tests/bench/point_source.hpp"
#include "tests/kafka/topic.hpp"

namespace {

using namespace spindrift::bench;
using namespace spindrift::kafka_test;
using clock_type = std::chrono::steady_clock;

struct settings {
  std::string mode;
  std::string brokers;
  std::string name;
  int partitions = 8;
  std::size_t points = 1'000'000;
  std::size_t streams = 1'000;
  std::size_t lines = 1;
  std::size_t rate = 20'000;
  double seconds = 10;
  std::string points_topic() const { return name + "-points"; }
};

std::string_view stream_of(std::string_view line) {
  constexpr std::size_t before = sizeof("{\"stream\":\"") - 1;
  return line.substr(before, line.find('"', before) - before);
}

double seconds_since(clock_type::time_point begin) {
  return std::chrono::duration<double>(clock_type::now() - begin).count();
}

// Points of one partition gather in a record under one key, as those of a plant would.
class filler {
public:
  explicit filler(const settings& chosen)
      : chosen_(chosen), by_(chosen.brokers), gathered_(static_cast<std::size_t>(chosen.partitions)) {}

  void take(std::string_view line) {
    const std::string_view stream = stream_of(line);
    const std::int32_t partition = murmur2_partition(stream, chosen_.partitions);
    if (chosen_.lines == 1) return by_.write(topic_, partition, stream, line);
    gathering& one = gathered_[static_cast<std::size_t>(partition)];
    if (one.count > 0) one.bytes += '\n';
    one.bytes += line;
    if (++one.count == chosen_.lines) give(partition, one);
  }
  void end() {
    for (std::int32_t p = 0; p < chosen_.partitions; ++p) {
      gathering& one = gathered_[static_cast<std::size_t>(p)];
      if (one.count > 0) give(p, one);
    }
    by_.flush(std::chrono::minutes(5));
  }

private:
  struct gathering {
    std::string bytes;
    std::size_t count = 0;
  };
  void give(std::int32_t partition, gathering& one) {
    by_.write(topic_, partition, "plant", one.bytes);
    one.bytes.clear();
    one.count = 0;
  }

  const settings& chosen_;
  const std::string topic_ = chosen_.points_topic();
  writer by_;
  std::vector<gathering> gathered_;
};

void fill(const settings& chosen) {
  for (const char* const kind : {"points", "verdicts", "events", "dead-letters", "snapshots"}) {
    make_topic(chosen.brokers, chosen.name + '-' + kind, chosen.partitions);
  }
  point_source source(wire::json, 0, chosen.streams);
  filler into(chosen);
  const auto begin = clock_type::now();
  for (std::size_t sent = 0; sent < chosen.points;) {
    const auto some = source.next(chosen.points - sent);
    const std::size_t length = source.record_bytes();
    for (std::size_t at = 0; at < some.size(); at += length, ++sent) {
      into.take(std::string_view(some.data() + at, length - 1));
    }
  }
  into.end();
  std::printf("{\"points\":%zu,\"seconds\":%.3f}\n", chosen.points, seconds_since(begin));
}

// From the moment that a point should have been sent, so that a sender that is late counts.
class stopwatch {
public:
  stopwatch(const settings& chosen, std::size_t count)
      : chosen_(chosen),
        count_(count),
        begin_(clock_type::now() + std::chrono::milliseconds(500)),
        silences_(static_cast<std::size_t>(chosen.partitions)) {}

  clock_type::time_point due(std::size_t i) const {
    return begin_ + std::chrono::nanoseconds(1'000'000'000ULL * i / chosen_.rate);
  }
  void send() {
    point_source source(wire::json, 0, chosen_.streams);
    writer by(chosen_.brokers,
              {{"linger.ms", "1"}, {"message.timeout.ms", "600000"}, {"reconnect.backoff.max.ms", "200"}});
    const std::string topic = chosen_.points_topic();
    std::string line;
    for (std::size_t i = 0; i < count_; ++i) {
      if (i % 20 == 0) std::this_thread::sleep_until(due(i));
      const auto one = source.next(1);
      line.assign(one.data(), one.size() - 2);
      const std::string_view stream = stream_of(line);
      const std::int32_t partition = murmur2_partition(stream, chosen_.partitions);
      const std::string key(stream);
      line.append(",\"seq\":").append(std::to_string(i + 1)).append("}");
      by.write(topic, partition, key, line);
    }
    by.flush();
  }
  void hear(std::int32_t partition, std::string_view lines, latency_count& into) {
    const auto now = clock_type::now();
    silence& its = silences_[static_cast<std::size_t>(partition)];
    if (its.last != clock_type::time_point{} && now - its.last > its.longest) {
      its.longest = now - its.last;
      its.ended = std::chrono::system_clock::now();
    }
    its.last = now;
    constexpr std::string_view key = "\"seq\":";
    for (std::size_t at = lines.find(key); at != std::string_view::npos; at = lines.find(key, at + 1)) {
      std::size_t seq = 0;
      std::from_chars(lines.data() + at + key.size(), lines.data() + lines.size(), seq);
      ++heard_;
      if (seq == 0 || seq <= warm_up()) continue;
      const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(now - due(seq - 1)).count();
      into.add(static_cast<std::uint64_t>(std::max<std::int64_t>(took, 0)));
    }
  }
  std::size_t heard() const { return heard_; }
  void print_silences() const {
    const char* between = "";
    for (const silence& one : silences_) {
      const auto ms = std::chrono::duration<double, std::milli>(one.longest).count();
      const auto ended = std::chrono::duration<double>(one.ended.time_since_epoch()).count();
      std::printf("%s[%.0f,%.3f]", between, ms, ended);
      between = ",";
    }
  }

private:
  struct silence {
    clock_type::time_point last{};
    clock_type::duration longest{};
    std::chrono::system_clock::time_point ended{};
  };
  std::size_t warm_up() const { return count_ / 5; }

  const settings& chosen_;
  const std::size_t count_;
  const clock_type::time_point begin_;
  std::vector<silence> silences_;
  std::size_t heard_ = 0;
};

void measure(const settings& chosen) {
  const auto count = static_cast<std::size_t>(static_cast<double>(chosen.rate) * chosen.seconds);
  reader from(chosen.brokers, chosen.name + "-verdicts", chosen.partitions, true, {{"fetch.wait.max.ms", "5"}});
  stopwatch watch(chosen, count);
  std::thread sender([&watch] { watch.send(); });
  latency_count taken;
  const auto until = clock_type::now() + std::chrono::seconds(60 + static_cast<int>(chosen.seconds));
  while (watch.heard() < count && clock_type::now() < until) {
    for (const record& one : from.read(std::chrono::milliseconds(20))) {
      watch.hear(one.partition, one.value, taken);
    }
  }
  sender.join();
  std::printf("{\"points\":%zu,\"heard\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"silences\":[", count,
              watch.heard(), taken.quantile_us(0.5) / 1e3, taken.quantile_us(0.99) / 1e3, taken.max_us() / 1e3);
  watch.print_silences();
  std::printf("]}\n");
}

}  // namespace

int main(int count, char** words) {
  settings chosen;
  CLI::App options{"points for, and verdicts of, a spindrift-worker"};
  options.add_option("mode", chosen.mode)->required()->check(CLI::IsMember({"fill", "latency", "await"}));
  options.add_option("--brokers", chosen.brokers)->required();
  options.add_option("--name", chosen.name, "what the topics' names begin with");
  options.add_option("--partitions", chosen.partitions);
  options.add_option("--points", chosen.points, "fill: so many");
  options.add_option("--streams", chosen.streams);
  options.add_option("--lines", chosen.lines, "fill: points of a record");
  options.add_option("--rate", chosen.rate, "latency: points a second");
  options.add_option("--seconds", chosen.seconds, "latency: for so long");
  CLI11_PARSE(options, count, words);
  try {
    if (chosen.mode == "fill") fill(chosen);
    if (chosen.mode == "latency") measure(chosen);
    while (chosen.mode == "await" && !answers(chosen.brokers)) {
    }
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "bench-kafka: %s\n", failed.what());
    return 1;
  }
  return 0;
}
