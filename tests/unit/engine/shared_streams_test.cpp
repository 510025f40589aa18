// Goal: streams of an entry with `shared` learn together; what they learn depends on the order of their points alone,
// stays when they go, and is taken up again from what was cut at one moment. Method: waves through engines with the
// lstm and the autoencoder on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/model/event.hpp"
#include "common/model/verdict.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/shared_section.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "tests/quality/heap_count.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t start_ms = 1'700'000'000'000;
constexpr int streams = 6;

engine_settings settings_with(bool is_shared) {
  engine_settings made;
  made.detectors.autoencoder_on = true;
  made.detectors.recurrent_on = true;
  stream_settings own;
  own.match = {"db.*"};
  own.is_shared = is_shared;
  made.streams = {own};
  return made;
}

class house {
public:
  explicit house(const engine_settings& settings) : watching(settings, counts_) {}

  static std::string name_of(int stream) { return (stream == streams - 1 ? "web." : "db.") + std::to_string(stream); }

  // The points of all streams, a batch a round; what is said of them.
  std::string observe(int from, int to) {
    std::string said;
    for (int round = from; round < to; ++round) {
      std::vector<std::string> names;
      batch work;
      for (int stream = 0; stream < streams; ++stream) names.push_back(name_of(stream));
      for (const std::string& name : names) {
        work.points.push_back(point_of(round, static_cast<int>(work.points.size()), name));
      }
      watching.observe(work, {start_ms, round});
      for (std::size_t i = 0; i < work.outcomes.size(); ++i) {
        said += static_cast<char>('0' + work.outcomes[i].what.by);
        work.streams[i]->journal.position = position_of(round, static_cast<int>(i));
      }
    }
    return said;
  }
  void replay(int from, int to) {
    for (int round = from; round < to; ++round) {
      for (int stream = 0; stream < streams; ++stream) {
        const std::string name = name_of(stream);
        point_record record;
        record.subject = point_of(round, stream, name);
        record.n = static_cast<std::uint64_t>(round + 1);
        std::vector<told_event> told;
        std::vector<feature_verdict> by_feature;
        watching.replay(record, position_of(round, stream), {start_ms, round}, told, by_feature);
      }
    }
  }
  std::string state_of(const std::string& name) {
    std::string bytes;
    const auto found = watching.streams().lock({name, watching.streams().hash_of(name)});
    if (found.found != nullptr) save_stream(*found.found, bytes);
    return bytes;
  }
  std::string networks() {
    const auto cut = watching.cut_shared(99);
    return cut.empty() ? std::string() : cut.front().bytes;
  }
  // Each section of what was cut, and streams that learn alone.
  void take_over(const std::vector<shared_section>& cut, house& from) {
    for (const shared_section& one : cut) {
      if (one.is_network) {
        EXPECT_THAT(watching.restore_networks(one.bytes), IsEmpty());
      } else {
        take_over(one.name, one.bytes, one.position);
      }
    }
    const std::string alone = name_of(streams - 1);
    take_over(alone, from.state_of(alone), alone_position_);
  }
  void take_over(const std::string& name, const std::string& bytes, journal_position position) {
    std::vector<state_loss> losses;
    auto made = restore_stream({name, stream_state_version, bytes, {}}, watching.profile_of(name), losses);
    EXPECT_THAT(losses, IsEmpty());
    ASSERT_NE(made, nullptr);
    made->journal.position = position;
    watching.restore(std::move(made), {start_ms, 1});
  }
  static journal_position position_of(int round, int stream) {
    return static_cast<journal_position>(round * streams + stream + 1);
  }
  void alone_stands_at(journal_position position) { alone_position_ = position; }

private:
  static point point_of(int round, int stream, const std::string& name) {
    support::noise_source noise(static_cast<std::uint64_t>(round * streams + stream));
    point made;
    made.stream = name;
    made.value = 10 * stream + std::sin(0.1 * round + stream) + 0.1 * noise.normal() + (round % 97 == 96 ? 5 : 0);
    made.ts = start_ms + round * 60'000;
    return made;
  }

  counters counts_;
  journal_position alone_position_ = 0;

public:
  engine watching;
};

TEST(shared_streams, learn_the_same_from_points_of_the_same_order) {
  house one(settings_with(true));
  house other(settings_with(true));
  house alone(settings_with(false));
  const std::string said = one.observe(0, 500);
  EXPECT_EQ(said, other.observe(0, 500));
  EXPECT_EQ(one.networks(), other.networks());
  EXPECT_NE(said.find('I'), std::string::npos) << "zscore, autoencoder and lstm at once";
  alone.observe(0, 500);
  EXPECT_THAT(alone.networks(), IsEmpty());
}

TEST(shared_streams, take_less_memory) {
  // Beyond what the entry takes once, which the first streams have made.
  const auto bytes_of_late_streams = [](bool is_shared) {
    house one(settings_with(is_shared));
    one.observe(0, 300);
    const std::size_t before = quality::live_heap_bytes();
    const engine_settings chosen = settings_with(is_shared);
    const profile_book book(choice_of(chosen));
    std::vector<std::unique_ptr<stream>> late;
    point first;
    first.stream = "db.late";
    for (int i = 0; i < 100; ++i) late.push_back(stream::make("db.late", first, book.of("db.late")));
    return (quality::live_heap_bytes() - before) / 100;
  };
  EXPECT_LT(bytes_of_late_streams(true) + 4'000, bytes_of_late_streams(false));
}

TEST(shared_streams, go_on_from_what_was_cut_at_one_moment) {
  house first(settings_with(true));
  first.observe(0, 300);
  const auto cut = first.watching.cut_shared(1);
  ASSERT_EQ(cut.size(), std::size_t{streams});  // the network, and all but the one that learns alone
  house second(settings_with(true));
  second.alone_stands_at(house::position_of(299, streams - 1));
  second.take_over(cut, first);
  first.observe(300, 500);
  second.replay(0, 500);
  EXPECT_EQ(first.networks(), second.networks());
  for (int stream = 0; stream < streams; ++stream) {
    const std::string name = house::name_of(stream);
    EXPECT_FALSE(first.state_of(name).empty());
    EXPECT_EQ(first.state_of(name), second.state_of(name)) << name;
  }
}

TEST(shared_streams, leave_their_network_to_those_that_come_later) {
  house one(settings_with(true));
  one.observe(0, 300);
  const std::string taught = one.networks();
  EXPECT_EQ(one.watching.forget_idle(1'000), std::size_t{streams});
  EXPECT_EQ(one.watching.stream_count(), 0U);
  EXPECT_EQ(one.networks(), taught);
}

TEST(shared_streams, begin_anew_when_it_is_switched_on_or_off_and_keep_the_rest) {
  house one(settings_with(false));
  one.observe(0, 300);
  EXPECT_THAT(one.watching.watch_with(settings_with(false)), IsEmpty());
  EXPECT_THAT(one.watching.watch_with(settings_with(true)), ElementsAre("db.*"));
  EXPECT_THAT(one.watching.watch_with(settings_with(true)), IsEmpty());
  one.observe(300, 301);
  const auto found = one.watching.streams().lock({"db.0", one.watching.streams().hash_of("db.0")});
  ASSERT_NE(found.found, nullptr);
  EXPECT_NE(found.found->profile->networks, nullptr);
  EXPECT_EQ(found.found->n, 301U);
  std::string lstm;
  std::string robust;
  found.found->detectors.save(detector_tag{24}, lstm);
  found.found->detectors.save(detector_tag::robust_zscore, robust);
  house fresh(settings_with(true));
  fresh.observe(300, 301);
  const auto young = fresh.watching.streams().lock({"db.0", fresh.watching.streams().hash_of("db.0")});
  std::string young_lstm;
  std::string young_robust;
  young.found->detectors.save(detector_tag{24}, young_lstm);
  young.found->detectors.save(detector_tag::robust_zscore, young_robust);
  EXPECT_EQ(lstm, young_lstm) << "learned anew";
  EXPECT_NE(robust, young_robust) << "kept";
}

TEST(shared_streams, are_those_of_the_first_entry_that_takes_a_name) {
  engine_settings chosen = settings_with(true);
  stream_settings narrow;
  narrow.match = {"db.orders"};
  chosen.streams.insert(chosen.streams.begin(), narrow);
  const profile_book book(choice_of(chosen));
  EXPECT_EQ(book.of("db.orders")->networks, nullptr);
  ASSERT_NE(book.of("db.users")->networks, nullptr);
  EXPECT_EQ(book.of("db.users")->networks->name(), "db.*");
  EXPECT_EQ(book.of("db.users")->networks, profile_book(choice_of(chosen), &book).of("db.other")->networks);
  chosen.detectors.autoencoder_on = chosen.detectors.recurrent_on = false;
  EXPECT_EQ(profile_book(choice_of(chosen)).of("db.users")->networks, nullptr) << "nothing runs that could";
}

// For the race detector: batches of different streams, settings that change, and a cut, all at once.
TEST(shared_streams, are_observed_cut_and_changed_by_two_threads) {
  counters counts;
  engine watching(settings_with(true), counts);
  const auto feed = [&watching](int thread) {
    support::noise_source noise(static_cast<std::uint64_t>(thread));
    for (int i = 0; i < 300; ++i) {
      const std::string name = "db." + std::to_string(thread * 10 + i % 5);
      batch work;
      point one;
      one.stream = name;
      one.value = noise.normal();
      one.ts = start_ms + i * 1'000;
      work.points.push_back(one);
      watching.observe(work, {start_ms, i});
      EXPECT_EQ(work.outcomes[0].why, refusal::none);
    }
  };
  std::thread other(feed, 1);
  for (int i = 0; i < 6; ++i) {
    watching.watch_with(settings_with(i % 2 == 0));
    (void)watching.cut_shared(1);
  }
  feed(2);
  other.join();
  EXPECT_EQ(watching.stream_count(), 10U);
}

}  // namespace
}  // namespace spindrift
