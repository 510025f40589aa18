// Replays points of the journal on several threads, by stripes.
#include "server/app/replay_crew.hpp"

#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/verdict.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/stream_table.hpp"
#include "server/pipeline/kept_verdict.hpp"

namespace spindrift {

namespace {
// Below this the threads take longer to begin than the work takes.
constexpr std::size_t entries_for_threads = 256;
}  // namespace

void replay_crew::slot::take(const journal_entry& entry) {
  const point& from = entry.record.subject;
  point_record& record = result.record;
  record = entry.record;
  texts.clear();
  texts.append(from.stream).append(entry.record.producer);
  for (const feature& one : from.values) texts.append(one.name);
  std::string_view left = texts;
  const auto next = [&left](std::size_t bytes) {
    const std::string_view text = left.substr(0, bytes);
    left.remove_prefix(bytes);
    return text;
  };
  record.subject.stream = next(from.stream.size());
  record.producer = next(entry.record.producer.size());
  values.assign(from.values.begin(), from.values.end());
  for (feature& one : values) one.name = next(one.name.size());
  record.subject.values = values;
  result.position = entry.position;
  result.told.clear();
  result.verdict.clear();
}

replay_crew::replay_crew(engine& observer, std::size_t threads, moment now,
                         std::function<void(const replayed_entry&)> done)
    : engine_(observer),
      now_(now),
      crew_(
          {threads, entries_max, entries_for_threads}, [this](std::span<slot* const> share) { replay(share); },
          [done = std::move(done)](slot& one) { done(one.result); }) {}

void replay_crew::gather(const journal_entry& entry) {
  crew_.gather([&](slot& to) {
    to.take(entry);
    const std::string_view name = to.result.record.subject.stream;
    to.hash = engine_.streams().hash_of(name);
    // Whose points are one thread's: a stripe, or streams that learn together.
    const std::uint64_t order = engine_.order_of(name);
    return order != 0 ? static_cast<std::size_t>(std::countr_zero(order)) : stream_table::index_of(to.hash);
  });
}

void replay_crew::replay(std::span<slot* const> share) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(share.size());
  for (const slot* one : share) hashes.push_back(one->hash);
  std::vector<feature_verdict> by_feature;
  for (std::size_t i = 0; i < share.size(); ++i) {
    engine_.prefetch_replay(hashes, i);
    replayed_entry& result = share[i]->result;
    const auto again = engine_.replay(result.record, result.position, now_, result.told, by_feature);
    result.is_new = again.has_value();
    if (again && !result.record.producer.empty()) pack_verdict(*again, result.verdict);
  }
}

}  // namespace spindrift
