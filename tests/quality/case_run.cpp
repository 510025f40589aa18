// Reads what the judge of the cases prints, a line each.
#include "tests/quality/case_run.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace spindrift::quality {
namespace {

case_result read(std::string_view text, bool passes) {
  case_result found;
  found.passes = passes;
  const std::size_t end = std::min(text.find(' '), text.size());
  found.name = text.substr(0, end);
  const std::size_t begin = text.find_first_not_of(' ', end);
  if (begin != std::string_view::npos) found.figures = text.substr(begin);
  const std::size_t told = found.figures.find("told=");
  if (told == std::string::npos) return found;
  char* slash = nullptr;
  found.told = std::strtod(found.figures.c_str() + told + 5, &slash);
  if (*slash == '/') found.events = std::strtod(slash + 1, nullptr);
  return found;
}

}  // namespace

std::vector<case_result> run_cases(const plan& run, std::uint64_t seeds, const std::string& flags,
                                   const std::string& program) {
  std::string command = "python3 -B " SPINDRIFT_SOURCE_DIR "/tests/quality/cases/cases.py '" + run.bin_folder + "/" +
                        program + "' --seeds " + std::to_string(seeds);
  if (!flags.empty()) command += " -- " + flags;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw std::runtime_error("the cases cannot be run");
  std::vector<case_result> all;
  char line[4'096];
  while (std::fgets(line, sizeof line, pipe.get()) != nullptr) {
    std::string_view text(line);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    const bool is_pass = text.starts_with("pass ");
    if (is_pass || text.starts_with("FAIL ")) all.push_back(read(text.substr(5), is_pass));
  }
  if (all.empty()) throw std::runtime_error("the cases say nothing: is python3 there?");
  return all;
}

double passed(const std::vector<case_result>& of) {
  return static_cast<double>(std::count_if(of.begin(), of.end(), [](const case_result& one) { return one.passes; }));
}

double told_share(const std::vector<case_result>& of) {
  double told = 0;
  double events = 0;
  for (const case_result& one : of) {
    told += one.told;
    events += one.events;
  }
  return told / events;
}

}  // namespace spindrift::quality
