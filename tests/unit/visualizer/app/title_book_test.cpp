#include "visualizer/app/title_book.hpp"

#include "common/model/verdict.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace spindrift {
namespace {

class title_book_of_a_board : public testing::Test {
protected:
  void hear(std::string_view stream) {
    verdict judged;
    judged.subject.stream = stream;
    judged.n = 1;
    board_.hear(judged, {}, 1'000);
  }
  void tick(const std::vector<std::string>& in_view, std::int64_t now_ms) {
    book_.tick(in_view, now_ms, [this] { ++changes_; });
  }
  // Names of what was asked for since the last call; all of it is answered.
  std::vector<std::string> answer(const std::string& words) {
    std::vector<std::string> said;
    for (auto& [name, done] : std::exchange(asked_, {})) {
      said.push_back(name);
      done(words.empty() ? std::nullopt : std::optional(words));
    }
    return said;
  }
  using names = std::vector<std::string>;
  static constexpr const char* pump = R"({"type":"recent","stream":"x","n":1,"points":[],"title":"Pump","unit":"bar"})";

  std::vector<std::pair<std::string, std::function<void(std::optional<std::string>)>>> asked_;
  int changes_ = 0;
  stream_board board_{10};
  title_book book_{board_, [this](const command& asked, std::function<void(std::optional<std::string>)> done) {
                     asked_.emplace_back(std::get<recent_command>(asked).stream, std::move(done));
                   }};
};

TEST_F(title_book_of_a_board, asks_for_what_is_in_view_first_and_for_all_others_once) {
  for (const char* const name : {"a", "b", "c"}) hear(name);
  tick({"c", "unheard"}, 1'000);
  EXPECT_EQ(answer(pump), (names{"c", "a", "b"}));
  EXPECT_EQ(changes_, 3);
  EXPECT_EQ(board_.stream_named("a")->title, "Pump");
  EXPECT_EQ(board_.stream_named("a")->unit, "bar");
  tick({"c"}, 2'000);
  EXPECT_EQ(answer(pump), names{});
  hear("d");
  tick({"c"}, 3'000);
  EXPECT_EQ(answer(pump), names{"d"});
}

TEST_F(title_book_of_a_board, asks_again_since_another_configuration_may_hold) {
  hear("a");
  hear("b");
  tick({"a"}, 1'000);
  EXPECT_EQ(answer(pump), (names{"a", "b"}));
  tick({"a"}, 1'000 + title_book::view_ms);
  EXPECT_EQ(answer(R"({"type":"recent","title":"Other"})"), names{"a"});
  EXPECT_EQ(board_.stream_named("a")->title, "Other");
  EXPECT_EQ(board_.stream_named("a")->unit, "") << "it has none any more";
  tick({}, 1'000 + title_book::round_ms);
  tick({}, 1'001 + title_book::round_ms);
  EXPECT_EQ(answer(pump), (names{"a", "b"}));
  book_.begin_anew();
  tick({"a"}, 2'000 + title_book::round_ms);
  EXPECT_EQ(answer(pump), (names{"a", "b"}));
}

TEST_F(title_book_of_a_board, asks_for_few_at_a_time_and_keeps_what_it_knows_where_no_answer_comes) {
  for (int i = 0; i < 40; ++i) hear("s" + std::to_string(i));
  tick({}, 1'000);
  tick({}, 1'100);
  EXPECT_EQ(asked_.size(), title_book::asked_max) << "while these wait no others are asked for";
  answer(pump);
  tick({"s0"}, 1'200);
  EXPECT_EQ(asked_.size(), 9U) << "the eight that are left, and the one in view";
  for (const char* const none :
       {"", "{", "[]", R"({"type":"error","code":"not_found","message":"no such stream is known","title":"x"})"}) {
    answer(none);
    book_.begin_anew();
    tick({"s0"}, 1'300);
  }
  EXPECT_EQ(board_.stream_named("s0")->title, "Pump");
  answer(R"({"type":"recent","title":")" + std::string(600, 'x') + R"(","unit":7})");
  EXPECT_EQ(board_.stream_named("s0")->title, "") << "longer than any is";
}

}  // namespace
}  // namespace spindrift
