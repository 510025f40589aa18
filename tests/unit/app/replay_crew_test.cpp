// Goal: points replayed by several threads leave and tell what one thread would have. Method: the same points, through
// crews of one and of four threads, of streams of one value and of two, with events among them.
#include "server/app/replay_crew.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "server/engine/counters.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/shared_section.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr int streams = 60;
constexpr int rounds = 300;
constexpr std::int64_t start_ms = 1'764'000'000'000;

// Gives the crew all points, in the order of the journal, and writes down what it says.
class telling {
public:
  explicit telling(std::size_t threads, const engine_settings& settings = {})
      : engine_(settings, counts_),
        crew_(engine_, threads, {start_ms, 1}, [this](const replayed_entry& done) { write_down(done); }) {}

  void replay_all() {
    support::noise_source noise(3);
    for (int round = 1; round <= rounds; ++round) {
      for (int stream = 0; stream < streams; ++stream) {
        // Views of a point are gone when the next comes.
        const std::string name = "stream-" + std::to_string(stream);
        const std::array<std::string, 2> features{"t", "h"};
        const std::array<feature, 2> values{feature{features[0], noise.normal()}, feature{features[1], noise.normal()}};
        journal_entry entry;
        entry.record.subject.stream = name;
        entry.record.subject.value = noise.normal() + (round > 200 ? 30 : 0);
        if (stream % 5 == 0) entry.record.subject.values = values;
        entry.record.subject.ts = start_ms + round * 1'000;
        entry.record.n = static_cast<std::uint64_t>(round);
        if (stream % 2 == 0) entry.record.producer = "plant";
        entry.record.subject.seq = ++seq_;
        entry.position = seq_ * 20;
        crew_.gather(entry);
      }
    }
    crew_.finish();
  }

  std::string state_of(const std::string& name) {
    std::string bytes;
    const auto found = engine_.streams().lock({name, engine_.streams().hash_of(name)});
    if (found.found != nullptr) save_stream(*found.found, bytes);
    return bytes;
  }

  std::string networks() {
    const auto cut = engine_.cut_shared(1);
    return cut.empty() ? std::string() : cut.front().bytes;
  }

  std::vector<std::string> said;
  std::size_t told = 0;

private:
  void write_down(const replayed_entry& done) {
    std::string line = std::string(done.record.subject.stream) + ' ' + std::string(done.record.producer) + ' ' +
                       std::to_string(done.record.subject.seq);
    line += (done.is_new ? " new " : " old ") + done.verdict;
    for (const told_event& one : done.told) {
      line += ' ' + std::to_string(one.notice.number) + std::string(one.feature);
      ++told;
    }
    said.push_back(line);
  }

  counters counts_;
  engine engine_;
  replay_crew crew_;
  std::uint64_t seq_ = 0;
};

TEST(replay_crew, leaves_and_tells_with_four_threads_what_one_does) {
  telling one(1);
  telling four(4);
  one.replay_all();
  four.replay_all();
  ASSERT_EQ(one.said.size(), std::size_t{streams} * rounds);
  EXPECT_GT(one.told, std::size_t{streams} / 2);
  EXPECT_EQ(one.said, four.said);
  for (int stream = 0; stream < streams; ++stream) {
    const std::string name = "stream-" + std::to_string(stream);
    const std::string state = one.state_of(name);
    EXPECT_FALSE(state.empty());
    EXPECT_EQ(state, four.state_of(name)) << name;
  }
}

// Streams of all stripes that teach one network: it is the same in the end only if each point met the same weights.
TEST(replay_crew, leaves_what_learns_together_the_same_with_four_threads) {
  engine_settings settings;
  settings.detectors.recurrent_on = settings.detectors.autoencoder_on = true;
  stream_settings own;
  own.match = {"stream-1*", "stream-2*"};
  own.is_shared = true;
  settings.streams = {own};
  telling one(1, settings);
  telling four(4, settings);
  one.replay_all();
  four.replay_all();
  EXPECT_EQ(one.said, four.said);
  EXPECT_FALSE(one.networks().empty());
  EXPECT_EQ(one.networks(), four.networks());
  for (int stream = 0; stream < streams; ++stream) {
    const std::string name = "stream-" + std::to_string(stream);
    EXPECT_EQ(one.state_of(name), four.state_of(name)) << name;
  }
}

TEST(replay_crew, passes_over_points_that_are_in_a_state_already) {
  telling twice(4);
  twice.replay_all();
  const std::string state = twice.state_of("stream-7");
  const std::size_t told = twice.told;
  twice.said.clear();
  twice.replay_all();  // their numbers are not the next ones
  EXPECT_EQ(twice.told, told);
  EXPECT_EQ(twice.state_of("stream-7"), state);
  for (const std::string& line : twice.said) EXPECT_NE(line.find(" old "), std::string::npos) << line;
}

}  // namespace
}  // namespace spindrift
