// What each setting does to the number of notices: tests/quality/cases/settings.py says it.
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/quality/section.hpp"

namespace spindrift::quality {

// Its tables as they are, and whether each setting does what it is for.
void report_settings(const plan& run, sheet& out) {
  out.heading("Settings: what each does to the number of notices");
  const std::string command = "python3 -B " SPINDRIFT_SOURCE_DIR "/tests/quality/cases/settings.py '" + run.bin_folder +
                              "/spindrift-detect' --seeds 3";
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw std::runtime_error("the settings cannot be measured");
  char line[4'096];
  std::size_t lines = 0;
  bool is_missed = false;
  while (std::fgets(line, sizeof line, pipe.get()) != nullptr) {
    std::fputs(line, stdout);
    is_missed = is_missed || std::string(line).starts_with("MISSED");
    ++lines;
  }
  // It ends with 1 where something was missed, and then has said what; an error of its own is neither.
  if (pclose(pipe.release()) != 0 && !is_missed) throw std::runtime_error("settings.py failed; it has said why");
  if (lines == 0) throw std::runtime_error("the settings say nothing: is python3 there?");
  out.paragraph("Each setting quiets what it is for: " + out.holds(!is_missed) + ".");
}

}  // namespace spindrift::quality
