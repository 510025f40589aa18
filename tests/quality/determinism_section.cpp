// The same points give the same verdict lines: without a network, again, and through the daemon on 1 and 4 threads.
#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "client/scenario.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/event_line.hpp"
#include "tests/quality/section.hpp"
#include "tests/support/daemon_process.hpp"

namespace spindrift::quality {
namespace {

constexpr std::array all_scenarios = {scenario_name::sine, scenario_name::daily, scenario_name::iot,
                                      scenario_name::bimodal, scenario_name::random};
constexpr std::uint64_t run_points = 2'000;

// One stream's points as frames, and their count.
struct stream_text {
  std::string frames;
  std::size_t count = 0;
};

std::vector<stream_text> streams() {
  std::vector<stream_text> all;
  for (const scenario_name name : all_scenarios) {
    scenario from({.name = name, .seed = 7, .drift_points = {1'000}});
    stream_text stream;
    sample made;
    for (std::uint64_t i = 0; i < run_points; ++i) {
      from.next(0, made);
      point sent;
      sent.stream = name_of(name);
      sent.value = made.value;
      sent.values = made.values;
      sent.ts = made.ts;
      encode(sent, stream.frames);
    }
    stream.count = run_points;
    all.push_back(std::move(stream));
  }
  return all;
}

// FNV-1a, 64 bits, of the lines of each stream in their order.
std::string fingerprint(const std::vector<std::string>& streams_lines) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const std::string& text : streams_lines) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

// What a producer's connection would get: the events that stand between verdicts are not among its replies.
std::string verdicts_of(const std::string& output) {
  std::string verdicts;
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = std::min(output.find('\n', begin), output.size() - 1) + 1;
    const std::string_view line = std::string_view(output).substr(begin, end - begin);
    if (!is_event_line(line)) verdicts += line;
    begin = end;
  }
  return verdicts;
}

std::string detect(const plan& what, const std::vector<stream_text>& all) {
  std::vector<std::string> lines;
  for (const stream_text& each : all) {
    support::child_settings settings;
    settings.input = each.frames;
    const auto result = support::run_to_end({what.bin_folder + "/spindrift-detect"}, settings);
    if (result.exit_code != 0) throw std::runtime_error("spindrift-detect failed: " + result.errors);
    lines.push_back(verdicts_of(result.output));
  }
  return fingerprint(lines);
}

// Each stream on a connection and a thread of its own, all at once.
std::string serve(const plan& what, const std::vector<stream_text>& all, int threads) {
  const support::daemon_process server(what.bin_folder + "/spindriftd", {"--threads", std::to_string(threads)});
  std::vector<std::string> lines(all.size());
  std::vector<std::thread> senders;
  for (std::size_t i = 0; i < all.size(); ++i) {
    senders.emplace_back([&, i] {
      try {
        for (const std::string& line : server.connect().exchange(all[i].frames, all[i].count)) lines[i] += line + '\n';
      } catch (const std::runtime_error& failure) {
        lines[i] = failure.what();  // the fingerprint will tell
      }
    });
  }
  for (std::thread& each : senders) each.join();
  return fingerprint(lines);
}

}  // namespace

void report_determinism(const plan& what, sheet& out) {
  const std::vector<stream_text> all = streams();
  const std::string expected = detect(what, all);
  out.heading("The same points, the same verdict lines");
  out.paragraph("All scenarios, " + std::to_string(run_points) +
                " points each, default settings; FNV-1a of all verdict lines. On several threads every stream has a "
                "connection of its own, all sending at once.");
  table hashes{{"run", "fingerprint", "the same"}};
  hashes.rows.push_back({"spindrift-detect, no network", expected, "-"});
  const auto put = [&](const std::string& name, const std::string& hash) {
    hashes.rows.push_back({name, hash, out.holds(hash == expected)});
  };
  put("spindrift-detect again", detect(what, all));
  for (const int threads : {1, 4, 4}) {
    put("spindriftd --threads " + std::to_string(threads), serve(what, all, threads));
  }
  out.put(hashes);
}

}  // namespace spindrift::quality
