#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/bench/lane.hpp"
#include "tests/bench/load.hpp"

namespace spindrift::bench {
namespace {

using steady = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::size_t burst_max = 4'096;

std::uint64_t nanoseconds(steady::duration length) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::nanoseconds>(length).count()));
}

lane one_lane(const load_settings& settings) {
  return lane(settings.port, point_source(settings.form, settings.first_stream, settings.streams), settings.expect);
}

}  // namespace

load_result run_one_at_a_time(const load_settings& settings) {
  lane only = one_lane(settings);
  std::vector<char> scratch(1U << 16U);
  load_result result;
  const auto round_trip = [&] {
    only.send(1);
    while (only.receive(scratch) == 0) only.await(true, 1'000);
  };
  const auto first = steady::now();
  while (duration<double>(steady::now() - first).count() < std::max(0.05, settings.seconds / 10)) round_trip();

  const auto begin = steady::now();
  auto sent_at = begin;
  while (duration<double>(sent_at - begin).count() < settings.seconds) {
    round_trip();
    const auto answered_at = steady::now();
    result.latency.add(nanoseconds(answered_at - sent_at));
    sent_at = answered_at;
  }
  result.points = result.latency.total();
  result.answered = only.answered();
  result.seconds = duration<double>(sent_at - begin).count();
  return result;
}

load_result run_open_loop(const load_settings& settings) {
  lane only = one_lane(settings);
  std::vector<char> scratch(1U << 18U);
  load_result result;
  const auto total = static_cast<std::uint64_t>(settings.rate * settings.seconds);
  const double period_ns = 1e9 / settings.rate;
  const auto warm_up = static_cast<std::uint64_t>(static_cast<double>(total) * 0.1);
  const auto begin = steady::now();
  const auto due_at = [&](std::uint64_t i) {
    return begin + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(i) * period_ns));
  };
  const auto give_up = due_at(total) + std::chrono::seconds(2);
  std::uint64_t answered = 0;
  for (auto at = begin; answered < total && at < give_up; at = steady::now()) {
    const auto due =
        std::min(total, static_cast<std::uint64_t>(static_cast<double>(nanoseconds(at - begin)) / period_ns) + 1);
    if (only.is_sending() || due > only.sent()) only.send(std::min<std::size_t>(due - only.sent(), burst_max));
    const std::size_t came = only.receive(scratch);
    const auto now = steady::now();
    for (std::size_t i = 0; i < came; ++i, ++answered) {
      if (answered >= warm_up) result.latency.add(nanoseconds(now - due_at(answered)));
    }
  }
  result.points = result.answered = answered;
  result.unanswered = total - answered;
  result.seconds = duration<double>(steady::now() - begin).count();
  return result;
}

}  // namespace spindrift::bench
