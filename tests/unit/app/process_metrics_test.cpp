// The figures of this process, as the kernel has them.
#include "server/app/process_metrics.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace spindrift {
namespace {

using testing::HasSubstr;

double process_metric(const std::string& name) {
  std::string page;
  append_process_metrics(page);
  const std::size_t at = page.find("\n" + name + " ");
  if (at == std::string::npos) return -1;
  return std::strtod(page.c_str() + at + name.size() + 2, nullptr);
}

TEST(process_metrics, have_help_and_type_before_each_sample) {
  std::string out = "before\n";
  append_metric_head("a_total", "What a is.", "counter", out);
  EXPECT_EQ(out, "before\n# HELP a_total What a is.\n# TYPE a_total counter\n");
  std::string page;
  append_process_metrics(page);
  EXPECT_THAT(page, HasSubstr("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total "));
  EXPECT_THAT(page, HasSubstr("# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes "));
  EXPECT_EQ(page.back(), '\n');
}

TEST(process_metrics, count_open_descriptors_and_not_that_of_the_count) {
  const double before = process_metric("process_open_fds");
  const int opened = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(process_metric("process_open_fds"), before + 1);
  ::close(opened);
  EXPECT_EQ(process_metric("process_open_fds"), before);
  // Standard input, output and error, and no more than a few of the test's own.
  int open = 0;
  for (int fd = 0; fd < 1'024; ++fd) open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  EXPECT_EQ(before, open);
}

TEST(process_metrics, are_in_bytes_and_seconds) {
  EXPECT_GE(resident_bytes(), 1'000'000U) << "pages are no bytes";
  EXPECT_GE(process_metric("process_virtual_memory_bytes"), process_metric("process_resident_memory_bytes"));
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const double began = process_metric("process_start_time_seconds");
  EXPECT_GT(began, 1'700'000'000);
  EXPECT_LE(began, now);
}

TEST(process_metrics, tell_how_many_descriptors_there_may_be) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(process_metric("process_max_fds"), static_cast<double>(limit.rlim_cur));
}

}  // namespace
}  // namespace spindrift
