// Goal: streams that learn one network together know it from their first points, keep what is their own apart, and go
// on from their saved states. Method: waves of other heights and levels, with spikes.
#include "server/detect/shared_networks.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include "server/detect/registry.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

class shared_networks_test : public testing::TestWithParam<const char*> {
protected:
  static const detector_entry& entry() {
    for (const detector_entry& one : detectors()) {
      if (one.name == std::string(GetParam())) return one;
    }
    throw std::runtime_error("no such detector");
  }
  struct wave {
    double level = 0;
    double height = 1;
    support::noise_source noise;
    std::unique_ptr<point_judge> judge;
    int points = 0;

    double next() { return level + height * (std::sin(0.1 * points++) + 0.1 * noise.normal()); }
    bool show(double value) { return judge->observe(std::array{value}, 0); }
    bool show() { return show(next()); }
    bool show_spike() { return show(next() + 5 * height); }
  };
  wave alone(std::uint64_t seed) {
    return {10.0 * static_cast<double>(seed), 1, support::noise_source(seed), made(), 0};
  }
  wave with(shared_networks& together, std::uint64_t seed) {
    const auto number = static_cast<double>(seed);
    return {100 * number, number, support::noise_source(seed), made_with(together), 0};
  }
  std::unique_ptr<point_judge> made() { return entry().make(settings_, 1); }
  std::unique_ptr<point_judge> made_with(shared_networks& together) {
    return entry().make_with(settings_, 1, together.of(entry(), 1));
  }

  detector_settings settings_;
};

INSTANTIATE_TEST_SUITE_P(of, shared_networks_test, testing::Values("autoencoder", "lstm"),
                         [](const auto& name) { return std::string(name.param); });

TEST_P(shared_networks_test, are_one_for_a_detector_and_a_number_of_values) {
  shared_networks together("db.*");
  EXPECT_EQ(together.of(entry(), 1), together.of(entry(), 1));
  EXPECT_NE(together.of(entry(), 1), together.of(entry(), 2));
  EXPECT_EQ(together.name(), "db.*");
}

TEST_P(shared_networks_test, are_taught_by_the_first_stream_as_well) {
  shared_networks together("db.*");
  wave one = with(together, 1);
  int flagged = 0;
  for (int i = 0; i < 600; ++i) flagged += one.show() ? 1 : 0;
  EXPECT_LE(flagged, 3);
  EXPECT_TRUE(one.show_spike());
}

TEST_P(shared_networks_test, judge_a_stream_that_comes_later_by_what_others_taught) {
  shared_networks together("db.*");
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    wave one = with(together, seed);
    for (int i = 0; i < 1'000; ++i) one.show();
  }
  wave late = with(together, 5);
  int flagged = 0;
  for (int i = 0; i < 150; ++i) flagged += late.show() ? 1 : 0;
  EXPECT_LE(flagged, 1);
  EXPECT_TRUE(late.show_spike());
  flagged = 0;
  for (int i = 0; i < 100; ++i) flagged += late.show() ? 1 : 0;
  EXPECT_LE(flagged, 3);
}

TEST_P(shared_networks_test, save_less_of_a_stream) {
  shared_networks together("db.*");
  wave one = with(together, 1);
  wave other = alone(1);
  for (int i = 0; i < 400; ++i) {
    one.show();
    other.show();
  }
  std::string shared;
  std::string own;
  one.judge->save(shared);
  other.judge->save(own);
  EXPECT_LT(shared.size() + 300, own.size());
  detector_settings sharing = settings_;
  sharing.shared_as = "db.*";
  EXPECT_LT(entry().grown_bytes(sharing, 1) + 300, entry().grown_bytes(settings_, 1));
  EXPECT_NE(entry().state_settings(sharing), entry().state_settings(settings_));
}

TEST_P(shared_networks_test, go_on_from_their_saved_states_bit_for_bit) {
  shared_networks together("db.*");
  wave first = with(together, 1);
  wave second = with(together, 2);
  const auto show_both = [](wave& a, wave& b) { return (a.show() ? 1 : 0) + (b.show() ? 2 : 0); };
  for (int i = 0; i < 500; ++i) show_both(first, second);
  std::string networks;
  std::string states[2];
  together.save(networks);
  first.judge->save(states[0]);
  second.judge->save(states[1]);

  shared_networks again("db.*");
  ASSERT_TRUE(again.restore(networks).empty());
  wave third{first.level, first.height, first.noise, made_with(again), first.points};
  wave fourth{second.level, second.height, second.noise, made_with(again), second.points};
  ASSERT_TRUE(third.judge->restore(states[0]));
  ASSERT_TRUE(fourth.judge->restore(states[1]));
  for (int i = 0; i < 300; ++i) EXPECT_EQ(show_both(first, second), show_both(third, fourth)) << i;
  std::string once;
  std::string twice;
  together.save(once);
  again.save(twice);
  EXPECT_EQ(once, twice);
  EXPECT_NE(once, networks);
}

TEST_P(shared_networks_test, take_no_stream_whose_network_is_lost) {
  shared_networks together("db.*");
  wave one = with(together, 1);
  for (int i = 0; i < 500; ++i) one.show();
  std::string state;
  one.judge->save(state);
  shared_networks empty("db.*");
  EXPECT_FALSE(made_with(empty)->restore(state));
  EXPECT_FALSE(made()->restore(state)) << "one that learns alone needs the weights";
}

TEST_P(shared_networks_test, say_what_of_their_state_does_not_fit) {
  shared_networks together("db.*");
  wave one = with(together, 1);
  for (int i = 0; i < 300; ++i) one.show();
  std::string bytes;
  together.save(bytes);
  const auto loss_of = [](const std::string& damaged) {
    shared_networks other("db.*");
    const auto losses = other.restore(damaged);
    return losses.empty() ? std::string() : losses.front().title + ": " + losses.front().reason;
  };
  EXPECT_EQ(loss_of(bytes), "");
  EXPECT_EQ(loss_of(bytes.substr(0, bytes.size() - 1)), "networks: its bytes do not fit");
  std::string changed = bytes;
  const std::size_t begin = 4 + 4;  // behind the name
  changed[begin + 2] = '\x63';
  EXPECT_EQ(loss_of(changed), std::string(GetParam()) + ": it is of another version");
  changed = bytes;
  changed[begin] = '\x63';
  EXPECT_EQ(loss_of(changed), "part 99: it is not in use");
  changed = bytes;
  changed[begin + 4] = '\x02';  // of two values
  EXPECT_EQ(loss_of(changed), std::string(GetParam()) + ": its bytes do not fit");
  changed = bytes;
  changed[begin - 1] = 'x';
  EXPECT_EQ(loss_of(changed), "networks: its bytes do not fit") << "of another name";
  for (std::size_t at = begin + 8; at < bytes.size(); at += 13) {
    changed = bytes;
    changed[at] = '\x7f';
    shared_networks other("db.*");
    (void)other.restore(changed);
    wave any{0, 1, support::noise_source(2), made_with(other), 0};
    for (int i = 0; i < 100; ++i) any.show();
  }
}

}  // namespace
}  // namespace spindrift
