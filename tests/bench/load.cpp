#include "tests/bench/load.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

namespace {

using namespace spindrift::bench;

load_result run(const std::string& mode, const load_settings& settings) {
  if (mode == "pipelined") return run_pipelined(settings);
  if (mode == "one") return run_one_at_a_time(settings);
  if (mode == "open") return run_open_loop(settings);
  return run_subscribers(settings);
}

void print(const load_result& what) {
  std::printf(R"({"points":%llu,"seconds":%.6f,"rate":%.1f,"answered":%llu,"unanswered":%llu,"lines":%llu,"gaps":%llu,)"
              R"("p50_us":%.2f,"p99_us":%.2f,"p999_us":%.2f,"max_us":%.2f})"
              "\n",
              static_cast<unsigned long long>(what.points), what.seconds,
              what.seconds > 0 ? static_cast<double>(what.points) / what.seconds : 0.0,
              static_cast<unsigned long long>(what.answered), static_cast<unsigned long long>(what.unanswered),
              static_cast<unsigned long long>(what.lines), static_cast<unsigned long long>(what.gaps),
              what.latency.quantile_us(0.5), what.latency.quantile_us(0.99), what.latency.quantile_us(0.999),
              what.latency.max_us());
}

}  // namespace

int main(int argc, char** argv) {
  load_settings settings;
  std::string mode;
  bool is_resp = false;
  CLI::App app("load generator of the benchmarks");
  app.add_option("mode", mode)->required()->check(CLI::IsMember({"pipelined", "one", "open", "subscribe"}));
  app.add_option("--port", settings.port)->required();
  app.add_option("--streams", settings.streams);
  app.add_option("--first-stream", settings.first_stream);
  app.add_option("--connections", settings.connections);
  app.add_option("--window", settings.window, "points of one connection without an answer");
  app.add_option("--seconds", settings.seconds);
  app.add_option("--points", settings.points, "pipelined: so many, instead of --seconds");
  app.add_option("--rate", settings.rate, "open: points a second");
  app.add_option("--expect", settings.expect, "how a line of the answer begins");
  app.add_option("--replies", settings.replies, "pipelined: what a hello asks for")
      ->check(CLI::IsMember({"marked", "errors"}));
  app.add_flag("--resp", is_resp, "SET commands of Redis instead of points");
  CLI11_PARSE(app, argc, argv);
  settings.form = is_resp ? wire::resp : wire::json;
  try {
    print(run(mode, settings));
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "load: %s\n", failed.what());
    return 1;
  }
  return 0;
}
