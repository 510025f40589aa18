#include "tests/quality/nab_corpus.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace spindrift::nab {

namespace {

// Days from 1970-01-01 to a date of the Gregorian calendar, years from March so that the leap day is the last.
long long days_of(long long year, unsigned month, unsigned day) {
  const long long y = month <= 2 ? year - 1 : year;
  const long long month_from_march = (month + 9) % 12;
  const long long leap_days = y / 4 - y / 100 + y / 400;
  return y * 365 + leap_days + (153 * month_from_march + 2) / 5 + day - 1 - 719468;
}

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return file;
}

double number_of(const std::string& text, const std::filesystem::path& path) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) throw std::runtime_error(path.string() + ": not a value: " + text);
  return value;
}

// The first row whose time equals: some files have a time twice (clock change) and one is not in order.
std::size_t row_at(const series& within, const std::string& timestamp) {
  const auto found = std::find(within.times.begin(), within.times.end(), seconds_of(timestamp));
  if (found == within.times.end()) throw std::runtime_error(within.name + ": no row at " + timestamp);
  return static_cast<std::size_t>(found - within.times.begin());
}

void read_rows(const std::filesystem::path& path, series& into) {
  auto file = open(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const auto comma = line.find(',');
    if (comma == std::string::npos) throw std::runtime_error(path.string() + ": not a row: " + line);
    into.times.push_back(seconds_of(line.substr(0, comma)));
    into.values.push_back(number_of(line.substr(comma + 1), path));
  }
}

}  // namespace

double seconds_of(const std::string& timestamp) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  double second = 0.0;
  const int fields = std::sscanf(timestamp.c_str(), "%d-%u-%u %u:%u:%lf", &year, &month, &day, &hour, &minute, &second);
  if (fields != 6 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59) {
    throw std::runtime_error("not a timestamp: " + timestamp);
  }
  return static_cast<double>(days_of(year, month, day)) * 86400.0 + hour * 3600.0 + minute * 60.0 + second;
}

std::vector<series> read_corpus(const std::filesystem::path& folder) {
  const auto labels = folder / "windows.json";
  auto file = open(labels);
  const auto windows = nlohmann::json::parse(file, nullptr, false);
  if (!windows.is_object() || windows.empty()) throw std::runtime_error(labels.string() + ": not an object of windows");
  std::vector<series> corpus;
  for (const auto& [name, pairs] : windows.items()) {
    series next;
    next.name = name;
    read_rows(folder / name, next);
    for (const auto& pair : pairs) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
        throw std::runtime_error(labels.string() + ": not a window in " + name);
      }
      next.windows.push_back({row_at(next, pair[0]), row_at(next, pair[1])});
    }
    corpus.push_back(std::move(next));
  }
  return corpus;
}

}  // namespace spindrift::nab
