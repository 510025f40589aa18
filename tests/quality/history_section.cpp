// How long the history takes to answer, with 100,000 events in it.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "server/store/event_table.hpp"
#include "tests/quality/section.hpp"
#include "tests/support/noise.hpp"

namespace spindrift::quality {
namespace {

constexpr std::uint64_t event_count = 100'000;
constexpr std::uint64_t stream_count = 1'000;
constexpr double milliseconds_max = 50;
constexpr std::size_t runs = 5;

void check(const storage_status& status) {
  if (!status.ok()) throw std::runtime_error(status.text());
}

// Events of the size that real ones have, about in the order of their time.
void fill(event_table& into) {
  support::noise_source noise(1);
  std::vector<history_event> events;
  for (std::uint64_t i = 0; i < event_count; ++i) {
    history_event made;
    made.stream = "plant.line-" + std::to_string(noise.below(stream_count));
    made.ts = static_cast<std::int64_t>(1'764'000'000'000 + i * 1'000 + noise.below(500));
    made.n = made.number = i + 1;
    made.kinds = static_cast<std::uint16_t>(1U << noise.below(9));
    made.severity = static_cast<int>(1 + noise.below(100));
    made.is_open = noise.chance(0.01);
    made.line = "{\"type\":\"event\"," + std::string(330, ' ') + "\"event\":1}";
    made.evidence = std::string(300, ' ');
    made.picture = std::string(2'000, 'p');
    events.push_back(std::move(made));
    if (events.size() < 2'000) continue;
    check(into.insert(events, made.ts));
    events.clear();
  }
  check(into.insert(events, 0));
}

struct asked {
  std::string by;
  std::function<std::size_t(event_table&)> ask;
};

asked query_of(std::string by, history_query wanted) {
  return {std::move(by), [wanted = std::move(wanted)](event_table& of) {
            std::vector<history_event> found;
            check(of.find(wanted, found));
            return found.size();
          }};
}

std::vector<asked> questions() {
  std::vector<asked> all;
  history_query query;
  all.push_back(query_of("nothing: the newest 100", query));
  query.limit = 1'000;
  all.push_back(query_of("nothing: the newest 1,000", query));
  query.limit = 100;
  query.streams = {"plant.line-17"};
  all.push_back(query_of("stream", query));
  query.streams = {"plant.line-17*"};
  all.push_back(query_of("streams by a pattern", query));
  query.streams = {"nobody*"};
  all.push_back(query_of("streams that there are none of", query));
  query.streams.clear();
  query.since = 1'764'050'000'000;
  query.until = 1'764'050'100'000;
  all.push_back(query_of("time", query));
  query = {};
  query.kinds = 1U << 5U;
  all.push_back(query_of("kind", query));
  query = {};
  query.severity = 100;
  all.push_back(query_of("severity", query));
  query = {};
  query.is_open = true;
  all.push_back(query_of("state", query));
  query.severity = 100;
  query.kinds = 1U << 5U;
  query.limit = 1'000;
  all.push_back(query_of("kind, severity and state: all there are", query));
  query.streams = {"plant.line-17"};
  query.kinds = 1U << 5U;
  query.severity = 90;
  all.push_back(query_of("stream, kind, severity and state", query));
  all.push_back({"one event, with what explains it", [](event_table& of) -> std::size_t {
                   std::optional<history_event> found;
                   check(of.find_event("plant.line-17", 1, found));
                   return found ? 1 : 0;
                 }});
  return all;
}

}  // namespace

void report_history(const plan& /*run*/, sheet& out) {
  std::string folder = (std::filesystem::temp_directory_path() / "spindrift-history-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder for the history");
  out.heading("History");
  out.paragraph("Answers with 100,000 events of 1,000 streams in the database, least of five, in milliseconds.");
  {
    event_table kept;
    check(kept.open(folder + "/history.db"));
    fill(kept);
    table rows{{"asked by", "events", "ms"}};
    for (const asked& one : questions()) {
      double least = 1e9;
      std::size_t found = 0;
      for (std::size_t i = 0; i < runs; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        found = one.ask(kept);
        least = std::min(least,
                         std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
      }
      rows.rows.push_back({one.by, std::to_string(found), out.at_most(least, milliseconds_max, 2)});
    }
    out.put(rows);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace spindrift::quality
