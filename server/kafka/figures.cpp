// The worker's figures as Prometheus reads them.
#include "server/kafka/figures.hpp"

#include <algorithm>
#include <string_view>

#include "common/cli/build_info.hpp"
#include "common/protocol/error.hpp"
#include "server/app/process_metrics.hpp"
#include "server/clock/clock.hpp"

namespace spindrift::kafka {
namespace {

constexpr double us_in_s = 1e6;
constexpr double ms_in_s = 1e3;

std::string seconds(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string seconds_of_us(const counter& us) {
  return seconds(static_cast<double>(read(us)) / us_in_s);
}

void line(std::string_view name, std::string_view labels, const std::string& value, std::string& out) {
  out.append("spindrift_").append(name);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out.append(" ").append(value).append("\n");
}

void head(std::string_view name, std::string_view help, std::string_view kind, std::string& out) {
  append_metric_head("spindrift_" + std::string(name), help, kind, out);
}

void put(std::string_view name, std::string_view help, const counter& value, std::string& out) {
  const bool is_total = name.ends_with("_total");
  head(name, help, is_total ? "counter" : "gauge", out);
  line(name, "", std::to_string(read(value)), out);
}

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + '"';
}

void append_engine(const counters& of, std::string& out) {
  put("points_total", "Points judged.", of.points, out);
  put("anomalies_total", "Points found anomalous.", of.anomalies, out);
  put("drifts_total", "Cuts of ADWIN.", of.drifts, out);
  put("alarms_total", "Alarms of the ensemble.", of.alarms, out);
  put("events_open", "Events that are open.", of.events_open, out);
  put("streams_created_total", "Streams created.", of.streams_created, out);
  put("streams_evicted_total", "Streams forgotten.", of.streams_evicted, out);
}

// A gauge with a line for each partition that this worker has.
template <class Value>
void by_partition(const worker_figures& of, std::string_view name, std::string_view help, Value value,
                  std::string& out) {
  head(name, help, "gauge", out);
  const std::size_t count = of.partition_count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) {
    const partition_figures& one = of.partitions[i];
    if (one.is_assigned.load(std::memory_order_relaxed)) {
      line(name, label("partition", std::to_string(i)), value(one), out);
    }
  }
}

std::string age(std::int64_t since_ms, std::int64_t now_ms) {
  return since_ms <= 0 || since_ms > now_ms ? "0" : seconds(static_cast<double>(now_ms - since_ms) / ms_in_s);
}

void append_partitions(const worker_figures& of, std::string& out) {
  const std::int64_t now = spindrift::now().wall_ms;
  by_partition(
      of, "lag_records", "Records that are in the topic and not judged yet.",
      [](const partition_figures& one) { return std::to_string(one.lag_records.load(std::memory_order_relaxed)); },
      out);
  by_partition(
      of, "lag_seconds", "How old the newest judged record is, where others wait.",
      [now](const partition_figures& one) {
        return one.lag_records.load(std::memory_order_relaxed) <= 0
                   ? std::string("0")
                   : age(one.newest_ms.load(std::memory_order_relaxed), now);
      },
      out);
  by_partition(
      of, "replaying", "1 while a partition is restored or replayed.",
      [](const partition_figures& one) {
        return std::string(one.is_ready.load(std::memory_order_relaxed) ? "0" : "1");
      },
      out);
  by_partition(
      of, "snapshot_age_seconds", "How long ago the newest snapshot was taken.",
      [now](const partition_figures& one) { return age(one.snapshot_ms.load(std::memory_order_relaxed), now); }, out);
}

void append_sum(std::string_view name, std::string_view help, const counter& us, const counter& count,
                std::string& out) {
  head(name, help, "summary", out);
  line(std::string(name) + "_sum", "", seconds_of_us(us), out);
  line(std::string(name) + "_count", "", std::to_string(read(count)), out);
}

}  // namespace

void duration_histogram::take(std::chrono::nanoseconds one) {
  const double taken_s = std::chrono::duration<double>(one).count();
  for (std::size_t i = 0; i < bounds_s.size(); ++i) {
    if (taken_s <= bounds_s[i]) add(within_[i], 1);
  }
  add(all_, 1);
  add(sum_us_, static_cast<std::uint64_t>(std::max<std::int64_t>(one.count() / 1'000, 0)));
}

void duration_histogram::append(std::string_view name, std::string_view help, std::string& out) const {
  head(name, help, "histogram", out);
  const std::string bucket = std::string(name) + "_bucket";
  for (std::size_t i = 0; i < bounds_s.size(); ++i) {
    line(bucket, label("le", seconds(bounds_s[i])), std::to_string(read(within_[i])), out);
  }
  line(bucket, label("le", "+Inf"), std::to_string(read(all_)), out);
  line(std::string(name) + "_sum", "", seconds_of_us(sum_us_), out);
  line(std::string(name) + "_count", "", std::to_string(read(all_)), out);
}

void worker_figures::count_broker_error(const char* code) {
  const std::lock_guard guard(errors_lock_);
  ++broker_errors_[code];
}

bool worker_figures::is_ready() const {
  for (std::size_t i = 0; i < lane_count; ++i) {
    if (!lanes[i].is_member.load(std::memory_order_relaxed)) return false;
  }
  const std::size_t count = partition_count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) {
    const bool waits = partitions[i].is_assigned.load(std::memory_order_relaxed) &&
                       !partitions[i].is_ready.load(std::memory_order_relaxed);
    if (waits) return false;
  }
  return count > 0;
}

std::size_t worker_figures::stuck_lane(std::chrono::milliseconds patience) const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  for (std::size_t i = 0; i < lane_count; ++i) {
    const std::int64_t turned = lanes[i].turned_ms.load(std::memory_order_relaxed);
    if (turned != 0 && now_ms - turned > patience.count()) return i;
  }
  return lane_count;
}

std::uint64_t worker_figures::sum(counter worker::lane_counters::*of) const {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < lane_count; ++i) all += read(lanes[i].counts.*of);
  return all;
}

void worker_figures::append_dead_letters(std::string& out) const {
  head("dead_letters_total", "Lines that are no points, by error.", "counter", out);
  for (std::size_t code = 0; code < counters::error_codes; ++code) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < lane_count; ++i) count += read(lanes[i].counts.dead_letters_by_error[code]);
    if (count == 0) continue;
    line("dead_letters_total", label("error", name_of(static_cast<error_code>(code))), std::to_string(count), out);
  }
}

std::string worker_figures::metrics() const {
  std::string out;
  append_engine(engine, out);
  append_partitions(*this, out);
  const auto total = [this, &out](std::string_view name, std::string_view help, counter worker::lane_counters::*of) {
    head(name, help, "counter", out);
    line(name, "", std::to_string(sum(of)), out);
  };
  using counts = worker::lane_counters;
  total("records_total", "Records judged.", &counts::records);
  total("null_records_total", "Records without a value, which are ignored.", &counts::null_values);
  total("replayed_points_total", "Points learned again in silence, after a take-over.", &counts::replayed);
  append_dead_letters(out);
  head("transactions_total", "Transactions, by how they ended.", "counter", out);
  line("transactions_total", label("result", "committed"), std::to_string(sum(&counts::committed)), out);
  line("transactions_total", label("result", "aborted"), std::to_string(sum(&counts::aborted)), out);
  commit.append("commit_seconds", "How long a commit took.", out);
  head("rebalances_total", "Partitions that came or went.", "counter", out);
  line("rebalances_total", label("kind", "assigned"), std::to_string(sum(&counts::assigned)), out);
  line("rebalances_total", label("kind", "revoked"), std::to_string(sum(&counts::revoked)), out);
  line("rebalances_total", label("kind", "lost"), std::to_string(sum(&counts::lost)), out);
  append_sum("takeover_seconds", "From a partition's assignment to its first new point.", takeover_us, takeovers, out);
  append_sum("restore_seconds", "How long it took to load a partition's snapshot.", restore_us, restores, out);
  append_sum("snapshot_seconds", "From a snapshot's begin to its commit.", snapshot_us, snapshots, out);
  total("snapshot_bytes_total", "Bytes of snapshots that were committed.", &counts::snapshot_bytes);
  put("snapshot_deletes_failed_total", "Old snapshots that could not be deleted.", records_deleted_failed, out);
  total("streams_restored_total", "Streams that came out of snapshots.", &counts::restored_streams);
  total("streams_forgotten_total", "Streams without a point for --forget-after.", &counts::streams_forgotten);
  total("misrouted_total", "Records whose partition is not that of their key by Java's hash.", &counts::misrouted);
  total("fenced_total", "Times that another took this worker's transactional id over.", &counts::fenced);
  total("fences_total", "Dead owners of partitions that were fenced.", &counts::fences);
  total("lane_restarts_total", "Times that a lane began anew after an error.", &counts::fresh_starts);
  total("settings_differ", "Snapshots that were made with other settings.", &counts::settings_differ);
  total("detectors_changed_total", "Streams of which a part had to be learned anew.", &counts::detectors_changed);
  total("offset_gaps_total", "Offsets passed over: ordinary after transactions and compaction.", &counts::offset_gaps);
  head("memory_full", "Lanes that have paused their partitions for want of memory.", "gauge", out);
  std::uint64_t full = 0;
  for (std::size_t i = 0; i < lane_count; ++i)
    full += lanes[i].is_memory_full.load(std::memory_order_relaxed) ? 1U : 0U;
  line("memory_full", "", std::to_string(full), out);
  head("broker_errors_total", "Errors that clients told of, by librdkafka's names.", "counter", out);
  {
    const std::lock_guard guard(errors_lock_);
    for (const auto& one : broker_errors_) {
      line("broker_errors_total", label("code", one.first), std::to_string(one.second), out);
    }
  }
  head("build_info", "1; the version that was built.", "gauge", out);
  line("build_info", label("version", this_build().version), "1", out);
  append_process_metrics(out);
  return out;
}

}  // namespace spindrift::kafka
