// What is said of events to whoever asks: the history, a page of it, why, and a person's word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/app/persistence.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"
#include "server/store/posix_file_system.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;

class asked_history : public testing::Test {
protected:
  asked_history() {
    EXPECT_EQ(kept_.recover(engine_, producers_), std::nullopt);
    for (int i = 1; i <= 5; ++i) add("pump", static_cast<std::uint64_t>(i), 1'000 * i);
    add("oven", 1, 3'500);
  }
  ~asked_history() override { kept_.close(); }

  void add(const std::string& stream, std::uint64_t number, std::int64_t ts, bool is_open = false) {
    history_event made;
    made.stream = stream;
    made.number = number;
    made.n = number;
    made.ts = ts;
    made.kinds = 1U << static_cast<unsigned>(event_kind::shift);
    made.severity = 50;
    made.is_open = is_open;
    made.line = R"({"type":"event","event":)" + std::to_string(number) + R"(,"stream":")" + stream +
                R"(","kind":"shift","direction":"up","value":9,"expected":1,"from":)" + std::to_string(ts - 100) +
                R"(,"to":)" + std::to_string(ts) + R"(,"text":"rose"})";
    kept_.events().record(made);
  }
  static store_settings in_memory() {
    store_settings chosen;
    chosen.durability_level = durability::off;
    return chosen;
  }
  std::string page(event_page_question asked, const identity* who = nullptr) {
    asked.of.since = INT64_MIN;
    return kept_.answer_to(question(asked), who).text;
  }
  // The numbers of the events in a text, in their order.
  static std::string numbers_in(const std::string& text) {
    std::string found;
    for (std::size_t at = text.find("\"event\":"); at != std::string::npos; at = text.find("\"event\":", at + 1)) {
      found += text[at + 8];
    }
    return found;
  }

  posix_file_system files_;
  persistence kept_{in_memory(), files_};
  counters counts_;
  engine engine_{{}, counts_};
  producer_table producers_;
};

TEST_F(asked_history, is_told_oldest_first_within_its_limit) {
  history_command asked;
  asked.streams = {"pump"};
  EXPECT_EQ(numbers_in(kept_.answer_to(question(asked), nullptr).text), "12345");
  asked.limit = 2;
  EXPECT_EQ(numbers_in(kept_.answer_to(question(asked), nullptr).text), "45");
  asked.limit = 100;
  asked.since = 2'000;
  asked.until = 3'000;
  EXPECT_EQ(numbers_in(kept_.answer_to(question(asked), nullptr).text), "23");
}

TEST_F(asked_history, leaves_out_what_who_asks_may_not_see) {
  identity who;
  who.subscribe = {"oven"};
  const std::string text = kept_.answer_to(question(history_command{}), &who).text;
  EXPECT_THAT(text, HasSubstr("\"stream\":\"oven\""));
  EXPECT_THAT(text, Not(HasSubstr("pump")));
}

TEST_F(asked_history, has_pages_newest_first_each_of_which_says_where_the_next_begins) {
  event_page_question asked;
  asked.of.streams = {"pump"};
  asked.of.limit = 2;
  const std::string first = page(asked);
  EXPECT_EQ(numbers_in(first), "54");
  EXPECT_THAT(first, HasSubstr("\"next\":\"4000.1\"}\n"));
  asked.of.until = 4'000;
  asked.skipped = 1;
  const std::string second = page(asked);
  EXPECT_EQ(numbers_in(second), "32");
  EXPECT_THAT(second, HasSubstr("\"next\":\"2000.1\"}\n"));
  asked.of.until = 2'000;
  const std::string last = page(asked);
  EXPECT_EQ(numbers_in(last), "1");
  EXPECT_THAT(last, HasSubstr("\"next\":null}\n"));
}

TEST_F(asked_history, goes_on_within_events_of_one_time) {
  for (std::uint64_t number = 6; number <= 9; ++number) add("pump", number, 9'000);
  event_page_question asked;
  asked.of.streams = {"pump"};
  asked.of.limit = 3;
  const std::string first = page(asked);
  EXPECT_THAT(first, HasSubstr("\"next\":\"9000.3\"}"));
  asked.of.until = 9'000;
  asked.skipped = 3;
  EXPECT_EQ(numbers_in(first + page(asked)), "987654");
}

TEST_F(asked_history, may_be_shaped_as_annotations) {
  add("open", 7, 7'000, true);
  event_page_question asked;
  asked.as = event_page_question::shape::annotations;
  asked.of.streams = {"o*"};
  EXPECT_EQ(
      page(asked),
      R"([{"event":7,"severity":50,"tags":["open","shift","open"],"text":"rose","time":6900,"title":"open: shift"},)"
      R"({"event":1,"severity":50,"tags":["oven","shift","closed"],"text":"rose","time":3400,"timeEnd":3500,)"
      R"("title":"oven: shift"}])"
      "\n");
}

TEST_F(asked_history, says_by_lines_that_more_was_stored_than_may_be_sent) {
  event_page_question asked;
  asked.as = event_page_question::shape::lines;
  asked.of.streams = {"pump"};
  asked.of.limit = 3;
  const std::string text = page(asked);
  EXPECT_TRUE(text.starts_with("{\"type\":\"gap\"}\n{\"type\":\"event\",")) << text;
  EXPECT_EQ(numbers_in(text), "345");
  asked.of.limit = 5;
  EXPECT_TRUE(page(asked).starts_with("{\"type\":\"event\","));
}

TEST_F(asked_history, explains_an_event_or_says_that_it_knows_none) {
  const desk_answer known = kept_.answer_to(question(explain_command{"pump", 2}), nullptr);
  EXPECT_EQ(known.refused, std::nullopt);
  EXPECT_TRUE(known.text.starts_with(",\"event\":2,\"stream\":\"pump\",")) << known.text;
  EXPECT_THAT(known.text, HasSubstr(",\"evidence\":{},\"context\":"));
  const desk_answer unknown = kept_.answer_to(question(explain_command{"pump", 77}), nullptr);
  EXPECT_EQ(unknown.refused, error_code::not_found);
  EXPECT_EQ(unknown.text, "no such event of this stream is known");
}

TEST_F(asked_history, keeps_a_persons_word_about_an_event) {
  EXPECT_EQ(kept_.answer_to(question(mark_command{"pump", 3, true}), nullptr).text,
            R"(,"stream":"pump","event":3,"as":"expected")");
  history_command asked;
  asked.streams = {"pump"};
  EXPECT_THAT(kept_.answer_to(question(asked), nullptr).text, HasSubstr("\"text\":\"rose\",\"marked\":\"expected\"}"));
  EXPECT_EQ(kept_.answer_to(question(mark_command{"pump", 3, false}), nullptr).text,
            R"(,"stream":"pump","event":3,"as":"real")");
  EXPECT_THAT(kept_.answer_to(question(explain_command{"pump", 3}), nullptr).text,
              HasSubstr(",\"marked\":\"real\",\"evidence\":"));
  EXPECT_EQ(kept_.answer_to(question(mark_command{"pump", 77, true}), nullptr).refused, error_code::not_found);
}

}  // namespace
}  // namespace spindrift
