// Replays points of the journal on several threads, by stripes.
#include "server/app/replay_crew.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <thread>
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

replay_crew::replay_crew(engine& observer, std::size_t threads)
    : engine_(observer),
      threads_(std::clamp<std::size_t>(threads == 0 ? std::thread::hardware_concurrency() : threads, 1, threads_max)) {}

bool replay_crew::gather(const journal_entry& entry) {
  if (used_ == entries_max) return false;
  if (used_ == slots_.size()) slots_.emplace_back();
  slot& to = slots_[used_++];
  to.take(entry);
  const std::string_view name = to.result.record.subject.stream;
  const std::uint64_t order = engine_.order_of(name);
  to.lane = order != 0 ? static_cast<std::size_t>(std::countr_zero(order))
                       : stream_table::index_of(engine_.streams().hash_of(name));
  return true;
}

void replay_crew::run(moment now, const std::function<void(const replayed_entry&)>& done) {
  const std::size_t shares = used_ < entries_for_threads ? 1 : threads_;
  std::vector<std::thread> others;
  others.reserve(shares);
  std::size_t begun = 1;
  try {
    for (; begun < shares; ++begun) {
      others.emplace_back([this, share = begun, shares, now] { replay_share(share, shares, now); });
    }
  } catch (const std::system_error&) {
    // The system gives no more threads: the rest is this one's.
  }
  replay_share(0, shares, now);
  for (; begun < shares; ++begun) replay_share(begun, shares, now);
  for (std::thread& other : others) other.join();
  for (std::size_t i = 0; i < used_; ++i) done(slots_[i].result);
  used_ = 0;
}

void replay_crew::replay_share(std::size_t share, std::size_t shares, moment now) {
  std::vector<feature_verdict> by_feature;
  for (std::size_t i = 0; i < used_; ++i) {
    if (slots_[i].lane % shares == share) replay(slots_[i], now, by_feature);
  }
}

void replay_crew::replay(slot& one, moment now, std::vector<feature_verdict>& by_feature) {
  replayed_entry& result = one.result;
  const auto again = engine_.replay(result.record, result.position, now, result.told, by_feature);
  result.is_new = again.has_value();
  if (again && !result.record.producer.empty()) pack_verdict(*again, result.verdict);
}

}  // namespace spindrift
