#include "visualizer/app/notice.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace spindrift {
namespace {

TEST(notice, of_an_event_is_its_newest_version) {
  stream_event told;
  told.number = 17;
  told.stream = "pump.7";
  told.kind = "shift";
  told.direction = "up";
  told.state = "open";
  told.severity = 63;
  told.told = 1'764'000'123'000;
  told.text = "level rose\nfrom 21.0 to 26.4";
  EXPECT_EQ(notice_of(told),
            "2025-11-24T16:02:03.000Z pump.7 event 17 open: shift up, severity 63; level rose\xef\xbf\xbd"
            "from 21.0 to 26.4\n");
}

TEST(notice, keeps_what_a_terminal_would_obey_out_of_a_line) {
  stream_event told;
  told.stream = "a\n\x1b[2Jb";
  const std::string line = notice_of(told);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

class line_pipe : public testing::Test {
protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
  }
  void TearDown() override {
    for (const int end : ends_) ::close(end);
  }
  std::string read_some() {
    std::string bytes(65'536, '\0');
    const ssize_t count = ::read(ends_[0], bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

  std::array<int, 2> ends_{-1, -1};
};

TEST_F(line_pipe, notices_that_its_reader_has_gone_without_writing) {
  line_output out(ends_[1]);
  EXPECT_FALSE(out.is_closed());
  ::close(std::exchange(ends_[0], -1));
  EXPECT_TRUE(out.is_closed());
  out.write("into nothing\n");
  EXPECT_EQ(out.failure(), "");
}

TEST_F(line_pipe, that_is_full_leaves_lines_out_and_says_how_many) {
  line_output out(ends_[1]);
  const std::string line(1'023, 'x');
  for (int i = 0; i < 100; ++i) out.write(line + '\n');
  const std::size_t kept = read_some().size() / 1'024;
  EXPECT_LT(kept, 100U);
  out.write("again\n");
  EXPECT_EQ(read_some(), "(" + std::to_string(100 - kept) + " lines left out: the reader was too slow)\nagain\n");
}

TEST(line_file, says_why_it_can_take_no_more) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "there is no /dev/full";
  line_output out(full);
  out.write("a line\n");
  EXPECT_EQ(out.failure(), "No space left on device");
  ::close(full);
}

}  // namespace
}  // namespace spindrift
