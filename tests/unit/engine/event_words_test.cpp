// Title and unit in the sentences of notices, and thresholds behind their numbers.
#include "server/engine/event_words.hpp"

#include <gtest/gtest.h>

#include "server/engine/threshold_evidence.hpp"
#include "server/events/event_text.hpp"

namespace spindrift {
namespace {

stream_profile worded_profile(const std::string& title, const std::string& unit) {
  stream_settings own;
  own.match = {"db.*"};
  own.title = title;
  own.unit = unit;
  return stream_profile(std::make_shared<const detector_settings>(), 8, own, std::chrono::milliseconds(0));
}

event worded_spike() {
  event told;
  told.kind = event_kind::spike;
  told.direction = event_direction::up;
  told.value = 30;
  told.expected = 20;
  told.text = sentence(told);
  return told;
}

TEST(event_words, put_the_title_first_and_the_unit_behind_numbers) {
  std::vector<event> notices{worded_spike()};
  const std::string plain = notices[0].text;
  add_words(worded_profile("CPU of {1}", "ms"), "db.seven", notices);
  EXPECT_TRUE(notices[0].text.starts_with("CPU of seven: ")) << notices[0].text;
  EXPECT_NE(notices[0].text.find("30 ms"), std::string::npos) << notices[0].text;
  EXPECT_EQ(plain.find("ms"), std::string::npos);
}

TEST(event_words, keep_what_stands_behind_the_sentence) {
  std::vector<event> notices{worded_spike()};
  notices[0].text += "; the like of it was marked as expected";
  add_words(worded_profile("", "ms"), "db.seven", notices);
  EXPECT_TRUE(notices[0].text.ends_with(" ms; the like of it was marked as expected") ||
              notices[0].text.ends_with("; the like of it was marked as expected"));
  EXPECT_FALSE(notices[0].text.starts_with(": "));
}

TEST(event_words, leave_what_is_a_picture_alone) {
  std::vector<event> notices{worded_spike()};
  notices[0].is_picture_alone = true;
  notices[0].text = "";
  add_words(worded_profile("a title", ""), "db.seven", notices);
  EXPECT_EQ(notices[0].text, "");
}

TEST(event_words, are_a_title_only_where_a_person_has_said_one) {
  EXPECT_EQ(chosen_title(worded_profile("", "ms"), "db.seven"), "");
  EXPECT_EQ(chosen_title(worded_profile("{1}!", ""), "db.seven"), "seven!");
}

double threshold_of(const event& notice, std::string_view part, std::string_view name) {
  for (const evidence_number& one : notice.why->evidence) {
    if (one.part == part && one.name == name) return one.value;
  }
  return -1;
}

TEST(threshold_evidence, stands_behind_the_last_number_of_each_part_that_spoke) {
  event told = worded_spike();
  explanation why;
  why.evidence = {{"zscore", "z", 9, {}}, {"zscore", "tail", 1, {}}, {"adwin", "width", 40, {}}};
  told.why = std::make_shared<const explanation>(why);
  std::vector<event> notices{told, worded_spike()};
  detector_settings settings;
  complete_evidence(notices, settings, {});
  ASSERT_EQ(notices[0].why->evidence.size(), 5U);
  EXPECT_EQ(notices[0].why->evidence[2].name, "threshold");
  EXPECT_EQ(threshold_of(notices[0], "zscore", "threshold"), 5);
  EXPECT_EQ(threshold_of(notices[0], "adwin", "delta"), settings.adwin.delta);
  EXPECT_EQ(threshold_of(notices[0], "ensemble", "threshold"), -1) << "it had nothing to say";
  EXPECT_EQ(notices[1].why, nullptr);
  EXPECT_EQ(told.why->evidence.size(), 3U) << "others may hold the first one";
}

TEST(threshold_evidence, is_that_of_the_settings_where_they_say_one) {
  explanation why;
  why.evidence = {{"zscore", "z", 9, {}}};
  const auto completed = [&](const detector_settings& settings) {
    event told = worded_spike();
    told.why = std::make_shared<const explanation>(why);
    std::vector<event> notices{told};
    complete_evidence(notices, settings, {});
    return threshold_of(notices[0], "zscore", "threshold");
  };
  detector_settings settings;
  settings.zscore.method = zscore_method::classic;
  EXPECT_EQ(completed(settings), 3);
  settings.zscore.threshold = 4.5;
  EXPECT_EQ(completed(settings), 4.5);
}

TEST(threshold_evidence, calls_a_partner_by_its_name) {
  event told = worded_spike();
  explanation why;
  why.evidence = {{"relation", "partner", 1, {}}, {"relation", "partner", 7, {}}};
  told.why = std::make_shared<const explanation>(why);
  std::vector<event> notices{told};
  complete_evidence(notices, {}, std::vector<std::string>{"cpu", "mem"});
  EXPECT_EQ(notices[0].why->evidence[0].word, "mem");
  EXPECT_EQ(notices[0].why->evidence[1].word, "") << "there is no such feature";
}

}  // namespace
}  // namespace spindrift
