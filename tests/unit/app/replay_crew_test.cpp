// Goal: a journal replayed by several threads, window by window and stream by stream, leaves and tells what it does
// entry by entry. Method: the same entries (points of one value and of two, notes, streams that are forgotten and come
// again, three segments, of which the second has the streams in another order) through an engine alone, and through
// crews of one and four threads with windows of all sizes.
#include "server/app/replay_crew.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/model/verdict.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/shared_section.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/kept_verdict.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr int streams = 60;
constexpr int all_rounds = 300;
constexpr int forgotten = 7;  // at rounds 100 and 250
constexpr int marked = 8;
constexpr int quiet = 9;
constexpr int seldom = 13;  // heard of once a month
constexpr std::int64_t month_ms = 30LL * 24 * 3'600'000;
constexpr std::int64_t start_ms = 1'764'000'000'000;
constexpr moment now{start_ms, 1};

// Hands out every entry, in the order of the journal. Views in it are gone when the next comes.
void read_journal(int rounds, const std::function<void(const journal_entry&)>& take) {
  support::noise_source noise(3);
  std::uint64_t seq = 0;
  std::array<std::uint64_t, streams> n{};
  journal_position position = 0;
  for (int round = 1; round <= rounds; ++round) {
    const std::uint32_t segment = round <= 150 ? 1 : round <= 225 ? 2 : 3;
    for (int turn = 0; turn < streams; ++turn) {
      const int stream = segment == 2 ? turn * 7 % streams : turn;
      const std::string name = "stream-" + std::to_string(stream);
      const auto entry_of = [&](journal_entry::kind kind) {
        journal_entry entry;
        entry.type = kind;
        entry.record.subject.stream = name;
        entry.position = position += 20;
        // A segment has numbers of its own, and so has a stream that comes again.
        entry.segment = segment;
        const int number = segment == 2 ? streams - stream : stream;
        const bool is_again = stream == forgotten && ((round > 100 && round <= 150) || round > 250);
        entry.stream_id = static_cast<std::uint32_t>(is_again ? streams + 1 : number);
        return entry;
      };
      const std::array<std::string, 2> features{"t", round % 50 == 0 ? "other" : "h"};
      const std::array<feature, 2> values{feature{features[0], noise.normal()}, feature{features[1], noise.normal()}};
      journal_entry entry = entry_of(journal_entry::kind::point);
      entry.record.subject.value = noise.normal() + (round > 200 ? 30 : 0);
      if (stream % 5 == 0) entry.record.subject.values = values;
      entry.record.subject.ts = start_ms + round * (stream == seldom ? month_ms : 1'000);
      if (stream % 3 == 0) entry.record.subject.label = round % 2 == 0;
      entry.record.subject.is_counter = stream == 11;
      entry.record.subject.is_learned = stream == 12 && round < 50;
      if (stream % 2 == 0) entry.record.producer = stream % 4 == 0 ? "plant" : "mill";
      if (stream % 4 != 3) entry.record.subject.seq = ++seq;
      auto& number = n[static_cast<std::size_t>(stream)];
      // Points of other features than the stream's are numbered, and not applied.
      entry.record.n = stream % 5 == 0 && round % 50 == 0 ? number + 1 : ++number;
      take(entry);
      if (stream == forgotten && (round == 100 || round == 250)) {
        take(entry_of(journal_entry::kind::forget_stream));
        number = 0;
      }
      if (stream == marked && round % 100 == 10) {
        journal_entry mark = entry_of(journal_entry::kind::note);
        mark.note.says = stream_note::kind::expected;
        mark.note.n = static_cast<std::uint64_t>(round);
        mark.note.height = 30;
        take(mark);
      }
      if (stream == quiet && round % 100 == 30) {
        journal_entry silence = entry_of(journal_entry::kind::note);
        silence.note.n = number;
        silence.note.quiet_ms = 10'000'000;
        silence.note.limit_ms = 1'000;
        take(silence);
      }
    }
  }
}

std::string line_of(std::string_view stream, const stream_note* note, const std::vector<told_event>& told) {
  std::string line(stream);
  if (note != nullptr) line += " note " + std::to_string(note->n);
  for (const told_event& one : told) {
    line += ' ' + std::to_string(one.notice.number) + std::string(one.feature) + ':' + one.notice.text;
  }
  return line;
}

// One engine, and what was told by it.
struct replayed {
  explicit replayed(const engine_settings& settings = {}) : observer(settings, counts) {}

  std::string state_of(const std::string& name) {
    std::string bytes;
    const auto found = observer.streams().lock({name, observer.streams().hash_of(name)});
    if (found.found != nullptr) save_stream(*found.found, bytes);
    return bytes;
  }
  std::string networks() {
    const auto cut = observer.cut_shared(1);
    return cut.empty() ? std::string() : cut.front().bytes;
  }

  counters counts;
  engine observer;
  std::vector<std::string> told;
  std::vector<std::string> verdicts;
};

void replay_alone(replayed& with, int rounds = all_rounds) {
  read_journal(rounds, [&](const journal_entry& entry) {
    const std::string_view name = entry.record.subject.stream;
    std::vector<told_event> told;
    std::vector<feature_verdict> by_feature;
    const bool is_note = entry.type == journal_entry::kind::note;
    if (entry.type == journal_entry::kind::forget_stream) {
      with.observer.replay_forget(name, entry.position);
    } else if (is_note) {
      with.observer.replay_note(name, entry.note, entry.position, told);
    } else if (const auto seen = with.observer.replay(entry.record, entry.position, now, told, by_feature);
               seen && !entry.record.producer.empty()) {
      std::string packed;
      pack_verdict(*seen, packed);
      with.verdicts.push_back(std::string(entry.record.producer) + ' ' + std::to_string(entry.record.subject.seq) +
                              ' ' + std::to_string(entry.position) + ' ' + packed);
    }
    const bool is_mark = is_note && entry.note.says == stream_note::kind::expected;
    if (!told.empty() || is_mark) with.told.push_back(line_of(name, is_note ? &entry.note : nullptr, told));
  });
}

void replay_with(const replay_crew::size& size, replayed& with, int rounds = all_rounds) {
  replay_crew crew(
      with.observer, size, now,
      {[&](const replayed_notices& done) { with.told.push_back(line_of(done.stream, done.note, done.told)); },
       [&](const replayed_verdict& done) {
         with.verdicts.push_back(std::string(done.producer) + ' ' + std::to_string(done.seq) + ' ' +
                                 std::to_string(done.position) + ' ' + std::string(done.bytes));
       }});
  read_journal(rounds, [&](const journal_entry& entry) { crew.gather(entry); });
  crew.finish();
}

void expect_same(replayed& got, replayed& wanted) {
  EXPECT_EQ(got.verdicts, wanted.verdicts);
  EXPECT_EQ(got.counts.events_open.load(), wanted.counts.events_open.load());
  for (int stream = 0; stream < streams; ++stream) {
    const std::string name = "stream-" + std::to_string(stream);
    EXPECT_FALSE(wanted.state_of(name).empty()) << name;
    EXPECT_EQ(got.state_of(name), wanted.state_of(name)) << name;
  }
}

replay_crew::size with_windows(std::size_t threads, std::size_t bytes) {
  return {threads, bytes, bytes, 4'096};
}

void expect_as_alone(const replay_crew::size& size) {
  replayed alone;
  replayed with;
  replay_alone(alone);
  replay_with(size, with);
  EXPECT_GT(alone.told.size(), std::size_t{streams} / 2);
  EXPECT_GT(alone.verdicts.size(), std::size_t{streams} * all_rounds / 3);
  const auto is_of_quiet = [](const std::string& line) { return line.starts_with("stream-9 note"); };
  EXPECT_GT(std::count_if(alone.told.begin(), alone.told.end(), is_of_quiet), 0);
  EXPECT_EQ(with.told, alone.told);
  expect_same(with, alone);
}

// The bytes of both windows: all in one; some tens of windows; a few entries each.
class replay_crew_of_windows : public testing::TestWithParam<std::size_t> {};

TEST_P(replay_crew_of_windows, leaves_and_tells_with_four_threads_what_it_does_entry_by_entry) {
  expect_as_alone(with_windows(4, GetParam()));
}
INSTANTIATE_TEST_SUITE_P(sizes, replay_crew_of_windows, testing::Values(8U << 20U, 100U << 10U, 4U << 10U));

TEST(replay_crew, leaves_and_tells_alone_what_it_does_entry_by_entry) {
  expect_as_alone(with_windows(1, 100U << 10U));
}

// Streams of all stripes that teach one network: it is the same in the end only if each point met the same weights. Few
// rounds: networks take most of the time of a check with TSan.
TEST(replay_crew, leaves_what_is_learned_together_the_same_with_four_threads) {
  engine_settings settings;
  settings.detectors.recurrent_on = settings.detectors.autoencoder_on = true;
  stream_settings own;
  own.match = {"stream-1*", "stream-2*", "stream-7"};
  own.is_shared = true;
  settings.streams = {own};
  replayed alone(settings);
  replayed with(settings);
  constexpr int rounds = 110;
  replay_alone(alone, rounds);
  replay_with(with_windows(4, 100U << 10U), with, rounds);
  EXPECT_EQ(with.told, alone.told);
  expect_same(with, alone);
  EXPECT_FALSE(alone.networks().empty());
  EXPECT_EQ(with.networks(), alone.networks());
}

// Where much is told in one window it comes in parts: of each stream in its order, and nothing twice or not at all.
TEST(replay_crew, hands_out_in_parts_where_much_is_told_with_two_threads) {
  replayed alone;
  replayed with;
  replay_alone(alone);
  replay_with({2, 8U << 20U, 8U << 20U, 3}, with);
  EXPECT_NE(with.told, alone.told) << "in parts the order is another";
  const auto by_stream = [](const std::string& a, const std::string& b) {
    return a.substr(0, a.find(' ')) < b.substr(0, b.find(' '));
  };
  std::stable_sort(alone.told.begin(), alone.told.end(), by_stream);
  std::stable_sort(with.told.begin(), with.told.end(), by_stream);
  EXPECT_EQ(with.told, alone.told);
  expect_same(with, alone);
}

TEST(replay_crew, passes_over_what_is_in_a_state_already) {
  // Of a stream that is never forgotten: after that all numbers are those of earlier points.
  replayed twice;
  replay_alone(twice);
  const std::string state = twice.state_of("stream-6");
  const auto of_one = [&] {
    return std::count_if(twice.told.begin(), twice.told.end(),
                         [](const std::string& line) { return line.starts_with("stream-6 "); });
  };
  const auto told = of_one();
  EXPECT_GT(told, 0);
  replay_with({4}, twice);
  EXPECT_EQ(of_one(), told);
  EXPECT_EQ(twice.state_of("stream-6"), state);
}

TEST(replay_crew, has_done_all_when_it_was_asked_to_finish) {
  replayed with;
  std::size_t verdicts = 0;
  replay_crew crew(with.observer, {2}, now,
                   {[](const replayed_notices&) {}, [&](const replayed_verdict&) { ++verdicts; }});
  std::size_t points = 0;
  std::size_t wanted = 0;
  read_journal(all_rounds, [&](const journal_entry& entry) {
    crew.gather(entry);
    if (entry.type != journal_entry::kind::point) return;
    const bool is_applied = entry.record.subject.values.empty() || entry.record.subject.values[1].name == "h";
    if (!entry.record.producer.empty() && is_applied) ++wanted;
    if (++points % 1'000 != 0) return;
    crew.finish();
    EXPECT_EQ(verdicts, wanted);
  });
}

}  // namespace
}  // namespace spindrift
