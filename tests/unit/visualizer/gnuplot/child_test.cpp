#include "visualizer/gnuplot/child.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

namespace spindrift {
namespace {

child_end end_of(const std::string& body) {
  child shell({"/bin/sh", "-c", body}, child::voice::silent);
  return shell.finish(5);
}

class gnuplot_child : public testing::Test {
protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(gnuplot_child, tells_an_exit_from_a_signal) {
  EXPECT_EQ(to_text(end_of("exit 3")), "exit status 3");
  EXPECT_EQ(to_text(end_of("kill -9 $$")), "signal 9 (Killed)");
  EXPECT_TRUE(end_of("exit 0").is_success());
}

TEST_F(gnuplot_child, is_killed_when_it_does_not_end) {
  child stubborn({"/bin/sh", "-c", "trap '' TERM; exec sleep 600"}, child::voice::silent);
  const child_end end = stubborn.finish(0);
  EXPECT_TRUE(end.is_overdue);
  EXPECT_FALSE(end.is_success());
}

TEST_F(gnuplot_child, reads_what_it_is_given_to_the_end) {
  child copier({"/bin/sh", "-c", "cat"}, child::voice::captured);
  EXPECT_TRUE(copier.write_all("some text\n", 5));
  EXPECT_EQ(copier.read_all(), "some text\n");
}

TEST_F(gnuplot_child, that_does_not_read_is_not_waited_for) {
  child deaf({"/bin/sh", "-c", "exec 0<&-; exit 0"}, child::voice::silent);
  EXPECT_FALSE(deaf.write_all(std::string(1'000'000, 'x'), 5));
}

TEST_F(gnuplot_child, has_its_last_line_of_complaint_read_once) {
  child complaining({"/bin/sh", "-c", "printf 'first\\n     ^\\nline 0: un\\033[31mdefined\\n\\n' >&2"},
                    child::voice::silent);
  complaining.finish(5);
  EXPECT_EQ(complaining.last_error(), "line 0: un\xef\xbf\xbd[31mdefined");
  EXPECT_EQ(complaining.last_error(), "");
}

TEST_F(gnuplot_child, may_complain_without_end_and_is_remembered_by_its_end) {
  child loud({"/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo \"line $i\"; i=$((i+1)); done >&2"},
             child::voice::silent);
  EXPECT_TRUE(loud.finish(30).is_success());
  EXPECT_EQ(loud.last_error(), "line 19999");
}

// A Ctrl-C in the terminal goes to our process group.
TEST_F(gnuplot_child, is_in_a_process_group_of_its_own) {
  child asked({"/bin/sh", "-c", "ps -o pgid= -p $$"}, child::voice::captured);
  std::fclose(asked.release_input());
  const pid_t pid = asked.pid();
  const std::string said = asked.read_all();
  if (said.empty()) GTEST_SKIP() << "there is no ps";
  EXPECT_EQ(std::stol(said), pid);
  EXPECT_NE(std::stol(said), ::getpgrp());
}

TEST_F(gnuplot_child, that_does_not_exist_ends_with_127) {
  EXPECT_EQ(child({"no-such-program-anywhere"}, child::voice::silent).finish(5).exit_code, 127);
}

}  // namespace
}  // namespace spindrift
