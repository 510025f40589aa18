// The file of tokens and the command that makes its lines.
#include "server/access/token_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/cli/options.hpp"
#include "server/access/token_command.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class tokens : public testing::Test {
protected:
  ~tokens() override { std::filesystem::remove(path_); }

  std::optional<std::string> load(const std::string& text) {
    std::ofstream(path_) << text;
    return file_.load();
  }
  // Why a file is refused.
  std::string refusal(const std::string& text) { return load(text).value_or("it is not"); }

  std::string path_ =
      (std::filesystem::temp_directory_path() / ("spindrift-tokens-" + std::to_string(::getpid()) + "-" +
                                                 testing::UnitTest::GetInstance()->current_test_info()->name()))
          .string();
  token_file file_{path_};
};

TEST_F(tokens, that_were_made_are_admitted_with_their_rights) {
  const new_token one = make_token("plant-7", "plant.7.*,boiler", "plant.*");
  const new_token two = make_token("eyes", "", "*");
  ASSERT_FALSE(load("# people\n\n" + one.line + "\n  " + two.line + "\r\n"));
  const auto plant = file_.admit(one.token);
  ASSERT_TRUE(plant);
  EXPECT_EQ(plant->name, "plant-7");
  EXPECT_THAT(plant->publish, ElementsAre("plant.7.*", "boiler"));
  EXPECT_THAT(plant->subscribe, ElementsAre("plant.*"));
  const auto eyes = file_.admit(two.token);
  ASSERT_TRUE(eyes);
  EXPECT_THAT(eyes->publish, IsEmpty()) << "a key that is left out allows nothing";
}

TEST_F(tokens, stay_what_they_are_over_a_reload_unless_they_are_gone_or_have_other_rights) {
  const new_token one = make_token("one", "a", "b", "reset,admin");
  const new_token two = make_token("two", "a", "b");
  ASSERT_FALSE(load(one.line + "\n" + two.line));
  const auto first = file_.admit(one.token);
  const auto second = file_.admit(two.token);
  EXPECT_TRUE(first->may_reset && first->is_admin);
  EXPECT_FALSE(second->may_reset || second->is_admin);
  ASSERT_FALSE(load("# again\n" + one.line + "\n" + two.line + " may=reset"));
  EXPECT_TRUE(file_.still_admits(*first));
  EXPECT_EQ(file_.admit(one.token), first) << "so that what it did is counted on";
  EXPECT_FALSE(file_.still_admits(*second)) << "other rights";
  ASSERT_FALSE(load(make_token("one", "a", "b").line));
  EXPECT_FALSE(file_.still_admits(*first)) << "another token of that name";
  EXPECT_THAT(refusal(one.line + ",fly"), HasSubstr("\"fly\" is no right"));
}

TEST_F(tokens, that_are_unknown_are_not_admitted) {
  const new_token one = make_token("a", "*", "*");
  ASSERT_FALSE(load(one.line));
  for (const std::string& guess : {std::string(), std::string("a"), one.token.substr(1), one.token + " ", one.line}) {
    EXPECT_FALSE(file_.admit(guess)) << guess;
  }
  EXPECT_EQ(one.line.find(one.token), std::string::npos) << "the file gives no token away";
  EXPECT_NE(one.token, make_token("a", "*", "*").token);
}

TEST_F(tokens, of_a_file_that_is_not_good_change_nothing) {
  const new_token one = make_token("a", "*", "*");
  ASSERT_FALSE(load(one.line));
  EXPECT_THAT(refusal(one.line + "\nb 1234 publish=*\n"), HasSubstr(":2: "));
  EXPECT_THAT(refusal("a/b\x01 " + std::string(64, '0')), HasSubstr(":1: "));
  EXPECT_THAT(refusal(one.line + " rights=*"), HasSubstr("rights=*"));
  EXPECT_THAT(refusal("# nobody\n"), HasSubstr("no identity"));
  EXPECT_TRUE(file_.admit(one.token)) << "who could come in still can";
}

struct made_by_command {
  int exit_code = 0;
  std::string output;
};

made_by_command run(std::vector<const char*> words) {
  words.insert(words.begin(), "spindriftd");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  made_by_command result;
  result.exit_code = run_token_command(static_cast<int>(words.size()), words.data());
  result.output = testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return result;
}

TEST_F(tokens, made_by_the_command_open_the_door) {
  const auto [exit_code, output] = run({"token", "new", "plant-7", "--publish", "plant.*"});
  EXPECT_EQ(exit_code, exit_ok);
  const std::size_t line_end = output.find('\n');
  ASSERT_EQ(output.rfind("token: ", 0), 0U);
  ASSERT_FALSE(load(output.substr(line_end + 1)));
  const auto who = file_.admit(output.substr(7, line_end - 7));
  ASSERT_TRUE(who);
  EXPECT_THAT(who->publish, ElementsAre("plant.*"));
  EXPECT_THAT(who->subscribe, IsEmpty());
}

TEST_F(tokens, made_by_the_command_without_globs_allow_everything) {
  const auto [exit_code, output] = run({"token", "new", "a"});
  EXPECT_EQ(exit_code, exit_ok);
  EXPECT_THAT(output, HasSubstr(" publish=* subscribe=*\n"));
}

TEST_F(tokens, are_not_made_for_what_the_file_could_not_hold) {
  EXPECT_EQ(run({"token"}).exit_code, exit_usage);
  EXPECT_EQ(run({"token", "old", "a"}).exit_code, exit_usage);
  EXPECT_EQ(run({"token", "new"}).exit_code, exit_bad_config);
  EXPECT_EQ(run({"token", "new", "two words"}).exit_code, exit_bad_config);
  EXPECT_EQ(run({"token", "new", "a", "--publish", "x y"}).exit_code, exit_bad_config);
  EXPECT_EQ(run({"token", "new", "a", "--subscribe", "x\ny"}).exit_code, exit_bad_config);
  EXPECT_EQ(run({"token", "new", "a", "--publsh", "x"}).exit_code, exit_usage);
}

}  // namespace
}  // namespace spindrift
