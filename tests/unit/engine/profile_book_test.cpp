// Which settings a stream of a name has, and what profiles share.
#include "server/engine/profile_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::Optional;

stream_settings book_entry(std::vector<std::string> match) {
  stream_settings made;
  made.match = std::move(match);
  return made;
}

TEST(profile_book, finds_the_first_entry_that_takes_a_name) {
  profile_choice chosen;
  chosen.streams = {book_entry({"db.*", "web"}), book_entry({"db.cpu"}), book_entry({"*.cpu"})};
  const profile_book book(chosen);
  EXPECT_THAT(book.entry_of("db.cpu"), Optional(0U));
  EXPECT_THAT(book.entry_of("web"), Optional(0U));
  EXPECT_THAT(book.entry_of("web.cpu"), Optional(2U));
  EXPECT_EQ(book.entry_of("pump"), std::nullopt);
  EXPECT_EQ(book.of("pump"), book.usual());
  EXPECT_NE(book.of("db.cpu"), book.usual());
}

TEST(profile_book, shares_the_settings_of_detectors_that_are_the_same) {
  profile_choice chosen;
  chosen.streams = {book_entry({"a"}), book_entry({"b"}), book_entry({"c"})};
  chosen.streams[0].severity = 50;
  chosen.streams[1].threshold = 7;
  chosen.streams[2].threshold = 7;
  const profile_book book(chosen);
  EXPECT_EQ(book.of("a")->shared_detectors, book.usual()->shared_detectors) << "it differs in other things";
  EXPECT_NE(book.of("b")->shared_detectors, book.usual()->shared_detectors);
  EXPECT_EQ(book.of("b")->shared_detectors, book.of("c")->shared_detectors);
  const profile_book again(chosen, &book);
  EXPECT_EQ(again.usual()->shared_detectors, book.usual()->shared_detectors);
  EXPECT_EQ(again.of("c")->shared_detectors, book.of("c")->shared_detectors);
  EXPECT_NE(profile_book(chosen).usual()->shared_detectors, book.usual()->shared_detectors);
}

TEST(profile_book, an_entry_says_in_place_of_all_only_what_it_says) {
  detector_settings usual;
  usual.zscore.threshold = 6;
  usual.ensemble_on = false;
  stream_settings own = book_entry({"a"});
  EXPECT_EQ(detectors_of(own, usual), usual);
  own.threshold = 0;
  EXPECT_EQ(detectors_of(own, usual).zscore.threshold, 0) << "the method's own";
  own.detectors = {"iforest", "adwin"};
  const detector_settings made = detectors_of(own, usual);
  EXPECT_FALSE(made.zscore_on);
  EXPECT_TRUE(made.adwin_on);
  EXPECT_FALSE(made.ensemble_on);
  EXPECT_TRUE(made.isolation_forest_on);
}

TEST(profile_book, names_what_is_learned_together_by_its_patterns) {
  detector_settings usual;
  stream_settings own = book_entry({"a*", "b"});
  own.is_shared = true;
  EXPECT_EQ(detectors_of(own, usual).shared_as, "") << "no detector runs that could";
  own.detectors = {"lstm"};
  EXPECT_EQ(detectors_of(own, usual).shared_as, "a*, b");
  own.is_shared = false;
  EXPECT_EQ(detectors_of(own, usual).shared_as, "");
}

TEST(profile_book, puts_in_order_only_streams_that_learn_together) {
  profile_choice chosen;
  chosen.streams = {book_entry({"a*"}), book_entry({"b*"}), book_entry({"c*"})};
  chosen.streams[1].is_shared = true;
  chosen.streams[1].detectors = {"lstm"};
  const profile_book book(chosen);
  EXPECT_EQ(book.order_of("a1"), 0U);
  EXPECT_NE(book.order_of("b1"), 0U);
  EXPECT_EQ(book.order_of("b1") & (book.order_of("b1") - 1), 0U) << "one bit";
  EXPECT_EQ(book.order_of("c1"), 0U);
  EXPECT_EQ(book.networks().size(), 1U);
}

TEST(profile_book, tells_streams_to_ask_again_when_it_is_retired) {
  profile_choice chosen;
  chosen.streams = {book_entry({"a"})};
  const profile_book book(chosen);
  const shared_profile held = book.of("a");
  EXPECT_FALSE(held->is_retired);
  book.retire();
  EXPECT_TRUE(held->is_retired);
  EXPECT_TRUE(book.usual()->is_retired);
}

}  // namespace
}  // namespace spindrift
