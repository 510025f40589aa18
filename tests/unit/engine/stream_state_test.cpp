#include "server/engine/stream_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

detector_settings all_detectors() {
  detector_settings settings;
  settings.isolation_forest_on = true;
  settings.isolation_forest.trees = 10;
  settings.isolation_forest.sample_size = 16;
  settings.isolation_forest.window = 64;
  settings.isolation_forest.rebuild_every = 32;
  return settings;
}

shared_profile profile_of(const detector_settings& settings) {
  return std::make_shared<const stream_profile>(settings);
}

class stream_state_test : public testing::Test {
protected:
  // A stream of two features that has seen `count` points.
  std::unique_ptr<stream> watched(const shared_profile& profile, int count = 200) {
    auto made = stream::make("s", std::vector<std::string>{"a", "b"}, profile);
    made->last = 4.5;
    made->last_ts = 1'764'000'000'000;
    made->n = static_cast<std::uint64_t>(count);
    for (int i = 0; i < count; ++i) next(*made);
    return made;
  }
  reading next(stream& of) {
    const double values[] = {noise_.normal(), noise_.normal()};
    return of.detectors.update(values, seconds_ += 60);
  }
  std::unique_ptr<stream> restored(std::string_view bytes, const shared_profile& profile,
                                   std::uint32_t version = stream_state_version) {
    losses_.clear();
    return restore_stream({"s", version, bytes, {}}, profile, losses_);
  }
  // "part found>wanted reason"
  std::vector<std::string> lost() const {
    std::vector<std::string> texts;
    for (const state_loss& loss : losses_) {
      texts.push_back(loss.part + ' ' + std::to_string(loss.found) + '>' + std::to_string(loss.wanted) + ' ' +
                      loss.reason);
    }
    return texts;
  }
  static std::string misfit(const detector_entry& part) {
    const std::string version = std::to_string(part.state_version);
    return std::string(part.title) + ' ' + version + '>' + version + " its bytes do not fit";
  }
  // The part's header in the bytes.
  static std::size_t place_of(const std::string& bytes, std::uint16_t tag) {
    for (std::size_t at = 0; at < bytes.size();) {
      std::uint16_t here = 0;
      std::memcpy(&here, bytes.data() + at, 2);
      if (here == tag) return at;
      at += 12 + length_at(bytes, at);
    }
    return std::string::npos;
  }
  static std::uint32_t length_at(const std::string& bytes, std::size_t at) {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes.data() + at + 8, 4);
    return length;
  }
  static std::size_t place_of(const std::string& bytes, detector_tag tag) {
    return place_of(bytes, static_cast<std::uint16_t>(tag));
  }

  support::noise_source noise_{7};
  double seconds_ = 0;
  std::vector<state_loss> losses_;
};

TEST_F(stream_state_test, continues_bit_for_bit) {
  const shared_profile profile = profile_of(all_detectors());
  const auto original = watched(profile);
  std::string bytes;
  save_stream(*original, bytes);
  const auto copy = restored(bytes, profile);
  ASSERT_TRUE(copy);
  EXPECT_THAT(lost(), IsEmpty());
  EXPECT_EQ(copy->n, 200U);
  EXPECT_EQ(copy->last, 4.5);
  EXPECT_EQ(copy->last_ts, 1'764'000'000'000);
  EXPECT_THAT(copy->features(), ElementsAre("a", "b"));
  for (int i = 0; i < 100; ++i) {
    const double values[] = {noise_.normal(), noise_.normal()};
    const reading one = original->detectors.update(values, seconds_ += 60);
    const reading other = copy->detectors.update(values, seconds_);
    ASSERT_EQ(one.baseline.z, other.baseline.z);
    ASSERT_EQ(one.score, other.score);
    ASSERT_EQ(one.judged_by, other.judged_by);
  }
  std::string again;
  std::string of_copy;
  save_stream(*original, again);
  save_stream(*copy, of_copy);
  EXPECT_EQ(again, of_copy);
}

TEST_F(stream_state_test, reads_a_detector_of_the_versions_that_it_says_it_reads) {
  const detector_entry* const robust = find_detector(detector_tag::robust_zscore);
  ASSERT_LT(robust->state_version_read, robust->state_version);
  const shared_profile profile = profile_of(all_detectors());
  std::string bytes;
  save_stream(*watched(profile), bytes);
  char& version = bytes[place_of(bytes, robust->tag) + 2];
  version = static_cast<char>(robust->state_version_read);
  ASSERT_TRUE(restored(bytes, profile));
  EXPECT_THAT(lost(), IsEmpty());
  for (const int other : {robust->state_version_read - 1, robust->state_version + 1}) {
    version = static_cast<char>(other);
    ASSERT_TRUE(restored(bytes, profile));
    EXPECT_THAT(lost(), ElementsAre("zscore (robust) " + std::to_string(other) + '>' +
                                    std::to_string(robust->state_version) + " it is of another version"));
  }
}

TEST_F(stream_state_test, lets_one_detector_of_another_version_learn_anew_and_keeps_the_rest) {
  const shared_profile profile = profile_of(all_detectors());
  std::string bytes;
  save_stream(*watched(profile), bytes);
  bytes[place_of(bytes, detector_tag::adwin) + 2] = 99;
  const auto made = restored(bytes, profile);
  ASSERT_TRUE(made);
  EXPECT_THAT(lost(), ElementsAre("adwin 99>" + std::to_string(find_detector(detector_tag::adwin)->state_version) +
                                  " it is of another version"));
  EXPECT_EQ(made->n, 200U);
  EXPECT_EQ(made->detectors.mean(), 0) << "ADWIN has seen nothing";
  EXPECT_FALSE(next(*made).baseline.warmup) << "the baseline has";
}

TEST_F(stream_state_test, refuses_a_part_with_bytes_left_over_or_missing) {
  const shared_profile profile = profile_of(all_detectors());
  std::string whole;
  save_stream(*watched(profile), whole);
  for (const detector_entry* const part : profile->running) {
    for (const bool is_longer : {false, true}) {
      std::string bytes = whole;
      const std::size_t at = place_of(bytes, part->tag);
      std::uint32_t length = length_at(bytes, at);
      is_longer ? bytes.insert(at + 12 + length, 8, '\0') : bytes.erase(at + 12 + length - 8, 8);
      length += is_longer ? 8U : 0U - 8U;
      std::memcpy(bytes.data() + at + 8, &length, 4);
      const auto made = restored(bytes, profile);
      ASSERT_TRUE(made);
      EXPECT_THAT(lost(), ElementsAre(misfit(*part)));
      next(*made);
    }
  }
}

TEST_F(stream_state_test, refuses_a_part_that_was_saved_of_points_with_more_features) {
  detector_settings settings;
  settings.isolation_forest_on = settings.one_class_svm_on = settings.autoencoder_on = settings.recurrent_on = true;
  const shared_profile profile = profile_of(settings);
  const auto part_of = [](const std::string& bytes, std::size_t at) {
    return bytes.substr(at, 12 + length_at(bytes, at));
  };
  std::string two;
  save_stream(*watched(profile), two);
  const auto of_three = stream::make("s", std::vector<std::string>{"a", "b", "c"}, profile);
  const std::vector<double> point{1, 2, 3};
  of_three->detectors.update(point, 0);
  std::string three;
  save_stream(*of_three, three);
  for (const detector_entry* const judge : profile->running) {
    if (judge->make == nullptr) continue;
    std::string bytes = two;
    const std::size_t at = place_of(bytes, judge->tag);
    bytes.replace(at, part_of(bytes, at).size(), part_of(three, place_of(three, judge->tag)));
    const auto made = restored(bytes, profile);
    ASSERT_TRUE(made);
    EXPECT_THAT(lost(), ElementsAre(misfit(*judge)));
    next(*made);
  }
}

TEST_F(stream_state_test, says_which_detectors_are_new_or_gone_or_set_otherwise) {
  detector_settings then = all_detectors();
  then.adwin_on = false;
  detector_settings today = all_detectors();
  today.ensemble_on = false;
  today.isolation_forest.trees = 11;
  std::string bytes;
  save_stream(*watched(profile_of(then)), bytes);
  const auto made = restored(bytes, profile_of(today));
  ASSERT_TRUE(made);
  EXPECT_THAT(lost(), ElementsAre("adwin 0>" + std::to_string(find_detector(detector_tag::adwin)->state_version) +
                                      " nothing was saved of it",
                                  "iforest 1>1 its settings have changed",
                                  "ensemble " + std::to_string(find_detector(detector_tag::ensemble)->state_version) +
                                      ">0 it is not in use"));
  EXPECT_FALSE(next(*made).baseline.warmup);
}

TEST_F(stream_state_test, leaves_out_a_part_that_it_does_not_know) {
  const shared_profile profile = profile_of(all_detectors());
  std::string bytes;
  save_stream(*watched(profile), bytes);
  const std::size_t begin = begin_part(4'000, 3, 0, bytes);
  bytes += "from tomorrow";
  end_part(begin, bytes);
  EXPECT_TRUE(restored(bytes, profile));
  EXPECT_THAT(lost(), ElementsAre("part 4000 3>0 it is not in use"));
}

TEST_F(stream_state_test, gives_up_a_stream_only_where_its_numbers_are_gone) {
  const shared_profile profile = profile_of({});
  std::string whole;
  save_stream(*watched(profile), whole);
  EXPECT_FALSE(restored(whole, profile, stream_state_version + 1));
  EXPECT_THAT(lost(), ElementsAre("stream 3>2 it is of another version"));
  EXPECT_FALSE(restored(whole.substr(0, whole.size() - 1), profile));
  EXPECT_THAT(lost(), ElementsAre("stream 2>2 its bytes do not fit"));
  EXPECT_FALSE(restored("", profile));
  EXPECT_THAT(lost(), ElementsAre("numbers 0>1 nothing was saved of it"));
  std::string other = whole;
  other[2] = 2;
  EXPECT_FALSE(restored(other, profile));
  EXPECT_THAT(lost(), ElementsAre("numbers 2>1 it is of another version"));
}

TEST_F(stream_state_test, keeps_only_the_numbers_of_version_1_where_the_settings_of_then_are_unknown) {
  std::string of_1("\0\0\0\0\7\0\0\0\0\0\0\0", 12);
  of_1.append(16, '\0').append("the detectors, somehow");
  const auto made = restored(of_1, profile_of({}), 1);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->n, 7U);
  EXPECT_EQ(losses_.size(), profile_of({})->running.size() + 1) << "the detectors and the events";
  losses_.clear();
  EXPECT_FALSE(restore_stream({"s", 1, of_1, "0 0 0 0 0 0 100 32 5 100 256 1024 256 "}, profile_of({}), losses_))
      << "with those settings nothing should follow the numbers";
}

TEST_F(stream_state_test, refuses_any_cut_of_its_bytes_without_reading_beyond_them) {
  const shared_profile profile = profile_of(all_detectors());
  std::string whole;
  save_stream(*watched(profile, 40), whole);
  for (std::size_t length = 0; length < whole.size(); length += 1 + length / 16) {
    const std::string cut = whole.substr(0, length);
    if (const auto made = restored(cut, profile)) {
      EXPECT_FALSE(losses_.empty()) << length;
    }
  }
}

}  // namespace
}  // namespace spindrift
