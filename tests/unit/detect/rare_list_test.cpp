// A list that costs a pointer while it is empty: what it gives back, and that it is a list otherwise.
#include "server/detect/rare_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/detect/archive.hpp"

namespace spindrift {
namespace {

TEST(rare_list, is_a_pointer_that_is_null_while_nothing_is_in_it) {
  static_assert(sizeof(rare_list<std::string>) == sizeof(void*));
  rare_list<std::string> list;
  EXPECT_EQ(list.data(), nullptr);
  list.push_back("a");
  EXPECT_NE(list.data(), nullptr);
  list.erase(list.begin());
  EXPECT_EQ(list.data(), nullptr);
  list.push_back("b");
  list.erase_if([](const std::string& one) { return one == "b"; });
  EXPECT_EQ(list.data(), nullptr);
  list.resize(2);
  list.resize(0);
  EXPECT_EQ(list.data(), nullptr);
  EXPECT_EQ(list.begin(), list.end());
}

TEST(rare_list, keeps_the_others_in_their_order) {
  rare_list<int> list;
  for (const int one : {1, 2, 3, 4, 5}) list.push_back(one);
  list.erase(list.begin() + 1);
  list.erase_if([](int one) { return one == 4; });
  EXPECT_EQ(std::vector<int>(list.begin(), list.end()), (std::vector<int>{1, 3, 5}));
  EXPECT_EQ(std::vector<int>(list.rbegin(), list.rend()), (std::vector<int>{5, 3, 1}));
  EXPECT_EQ(list.back(), 5);
}

TEST(rare_list, is_saved_as_a_vector_is) {
  std::vector<double> vector{1.5, -2.5};
  rare_list<double> list;
  for (const double one : vector) list.push_back(one);
  std::string of_vector;
  std::string of_list;
  state_writer(of_vector).sequence(vector, 2);
  state_writer(of_list).sequence(list, 2);
  EXPECT_EQ(of_list, of_vector);
  rare_list<double> read;
  state_reader(of_list).sequence(read, 2);
  EXPECT_EQ(std::vector<double>(read.begin(), read.end()), vector);
}

}  // namespace
}  // namespace spindrift
