// Asks the kernel what this process takes.
#include "server/app/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

namespace spindrift {
namespace {

struct memory_use {
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
};

std::optional<memory_use> memory() {
  std::ifstream statm("/proc/self/statm");
  memory_use pages;
  if (!(statm >> pages.all >> pages.resident)) return std::nullopt;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return memory_use{pages.all * page, pages.resident * page};
}

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& of) {
    return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::optional<std::uint64_t> open_descriptors() {
  std::error_code failed;
  const std::filesystem::directory_iterator all("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  // The listing itself has one open.
  return static_cast<std::uint64_t>(std::distance(begin(all), end(all))) - 1;
}

// Since 1970, of when this library was loaded, which is when the process began.
const double began = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();

}  // namespace

std::uint64_t resident_bytes() {
  const auto used = memory();
  return used ? used->resident : 0;
}

void append_metric_head(std::string_view name, std::string_view help, std::string_view kind, std::string& out) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
  out.append(kind).append("\n");
}

void append_process_metrics(std::string& out) {
  const auto put = [&out](std::string_view name, std::string_view help, std::string_view kind,
                          const std::string& value) {
    append_metric_head(name, help, kind, out);
    out.append(name).append(" ").append(value).append("\n");
  };
  put("process_cpu_seconds_total", "Processor time of the process, in seconds.", "counter",
      std::to_string(processor_seconds()));
  put("process_start_time_seconds", "When the process began, in seconds since 1970.", "gauge", std::to_string(began));
  if (const auto used = memory()) {
    put("process_resident_memory_bytes", "Resident memory.", "gauge", std::to_string(used->resident));
    put("process_virtual_memory_bytes", "Virtual memory.", "gauge", std::to_string(used->all));
  }
  if (const auto open = open_descriptors()) {
    put("process_open_fds", "Open descriptors.", "gauge", std::to_string(*open));
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    put("process_max_fds", "Descriptors that may be open.", "gauge", std::to_string(limit.rlim_cur));
  }
}

}  // namespace spindrift
