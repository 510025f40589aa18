// What shells are told of a program's flags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cli/options.hpp"

namespace spindrift {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class completed_program : public testing::Test {
protected:
  completed_program() {
    set_.add_choice("--method", "How it's judged; more of it", {"robust", "classic"}, text_);
    set_.add_text("--http", "HOST:PORT|off", "Address [of pages]", text_);
    set_.add_text("--tokens", "FILE", "Who may come in", text_);
    set_.add_text("--name", "NAME", "Whose", text_);
    set_.add_switch("--quiet", "Say less", quiet_);
  }

  option_set set_{"spindrift-sim", "for tests"};
  std::string text_;
  bool quiet_ = false;
};

TEST_F(completed_program, tells_bash_words_files_and_flags) {
  const std::string script = set_.completion(shell::bash);
  EXPECT_THAT(script, HasSubstr("--method) COMPREPLY=($(compgen -W 'robust classic' -- \"$word\")); return ;;\n"));
  EXPECT_THAT(script, HasSubstr("--http) COMPREPLY=($(compgen -W 'off' --")) << "what people name is no word";
  EXPECT_THAT(script, HasSubstr("    --tokens) COMPREPLY=($(compgen -f --"));
  EXPECT_THAT(script, HasSubstr("--name) COMPREPLY=($(compgen -W '' --"));
  EXPECT_THAT(script, Not(HasSubstr("--quiet)"))) << "nothing stands behind a switch";
  EXPECT_THAT(script, HasSubstr("'--method --http --tokens --name --quiet --help --version'"));
  EXPECT_THAT(script, testing::EndsWith("complete -F _spindrift_sim spindrift-sim\n"));
}

TEST_F(completed_program, tells_zsh_the_same_with_its_signs_escaped) {
  const std::string script = set_.completion(shell::zsh);
  EXPECT_THAT(script, HasSubstr(R"('*--method=[How it'\''s judged]:robust|classic:(robust classic)' \)"));
  EXPECT_THAT(script, HasSubstr(R"('*--http=[Address \[of pages\]]:HOST\:PORT|off:(off)' \)"));
  EXPECT_THAT(script, HasSubstr("'*--tokens=[Who may come in]:FILE:_files'"));
  EXPECT_THAT(script, HasSubstr("'*--quiet[Say less]'"));
}

TEST_F(completed_program, tells_fish_the_same) {
  const std::string script = set_.completion(shell::fish);
  EXPECT_THAT(script, HasSubstr("complete -c spindrift-sim -f\n")) << "it takes no file by itself";
  EXPECT_THAT(script, HasSubstr(R"(-l method -x -a 'robust classic' -d 'How it\'s judged')"));
  EXPECT_THAT(script, HasSubstr("-l tokens -r -F -d 'Who may come in'"));
  EXPECT_THAT(script, HasSubstr("-l quiet -d 'Say less'"));
}

TEST_F(completed_program, takes_files_where_it_has_an_argument_of_its_own) {
  EXPECT_THAT(set_.completion(shell::zsh), testing::EndsWith("  '*: :'\n"));
  set_.add_positional("FILE", "what to read", text_);
  EXPECT_THAT(set_.completion(shell::zsh), testing::EndsWith("  '*:file:_files'\n"));
  EXPECT_THAT(set_.completion(shell::bash), HasSubstr("[[ $word == -* ]] || COMPREPLY+="));
  EXPECT_THAT(set_.completion(shell::fish), Not(HasSubstr(" -f\n")));
}

TEST_F(completed_program, takes_a_file_of_settings_only_where_it_was_declared) {
  EXPECT_THAT(set_.completion(shell::bash), Not(HasSubstr("--config")));
  set_.accept_config_file();
  EXPECT_THAT(set_.completion(shell::bash), HasSubstr("--tokens|--config) COMPREPLY=($(compgen -f"));
}

TEST(completion, is_asked_for_by_a_flag_for_each_shell) {
  EXPECT_EQ(completion_flag(shell::bash), "--help-bash");
  EXPECT_EQ(completion_flag(shell::zsh), "--help-zsh");
  EXPECT_EQ(completion_flag(shell::fish), "--help-fish");
}

}  // namespace
}  // namespace spindrift
