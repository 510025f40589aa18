// Reads records into batches, has them judged, and puts what is said of them into a step.
#include "server/worker/partition.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "common/model/limit.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/inbox.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/refusal_error.hpp"
#include "server/worker/lane_counters.hpp"
#include "server/worker/murmur2.hpp"

namespace spindrift::worker {
namespace {

engine_settings replayable(engine_settings chosen) {
  chosen.evicts_for_others = false;
  chosen.grown_bytes_max = 0;
  return chosen;
}

// What a dead letter says of a line that is no point.
protocol_error no_point() {
  return {error_code::bad_frame, "a command; a record of this topic has points alone", 0, {}, {}};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(std::string_view(" \t\r\0", 4)) == std::string_view::npos;
}

}  // namespace

partition::partition(std::int32_t number, const lane_settings& settings, std::uint64_t settings_hash, counters& counts,
                     lane_counters& own)
    : number_(number),
      settings_(settings),
      settings_hash_(settings_hash),
      own_(own),
      engine_(replayable(settings.engine), counts) {}

// The counts of what is going on just now are all lanes'.
partition::~partition() {
  engine_.forget_idle(INT64_MAX);
}

void partition::copy_values(std::span<const input_record> given) {
  std::size_t bytes = inbox::padding_bytes;
  for (const input_record& one : given) bytes += one.value.size() + 1;
  if (values_.size() < bytes) values_.resize(bytes * 2);
  value_begins_.clear();
  std::size_t at = 0;
  for (const input_record& one : given) {
    value_begins_.push_back(at);
    if (!one.value.empty()) std::memcpy(values_.data() + at, one.value.data(), one.value.size());
    at += one.value.size();
    values_[at++] = '\n';
  }
}

std::optional<stop_order> partition::judge(std::span<const input_record> given, bool is_silent, step& out) {
  copy_values(given);
  std::size_t record = 0;
  std::size_t at = 0;  // in the record's value
  std::uint64_t line = 0;
  while (record < given.size()) {
    batch_.clear();
    origins_.clear();
    faults_.clear();
    positions_.clear();
    decoder_.reset();
    fill_batch(given, is_silent, record, at, line);
    run_batch(is_silent);
    if (is_silent) continue;
    if (auto stopped = tell_batch(given, out)) return stopped;
  }
  return std::nullopt;
}

// Whole records, as long as they are of one slot; of a long one a part.
void partition::fill_batch(std::span<const input_record> given, bool is_silent, std::size_t& record, std::size_t& at,
                           std::uint64_t& line) {
  const std::size_t points_max = is_in_snapshot() ? batch_points_in_snapshot : batch_points;
  while (record < given.size() && batch_.points.size() < points_max) {
    const input_record& one = given[record];
    if (at == 0) {
      if (one.offset < next_) {
        ++record;
        continue;
      }
      if (slot_of(std::max(newest_ms_, one.timestamp_ms)) != slot_ms_) {
        if (!batch_.points.empty()) return;
        enter_slot(one.timestamp_ms);
      }
      newest_ms_ = std::max(newest_ms_, one.timestamp_ms);
      if (!is_silent) {
        add(own_.records, 1);
        if (one.offset > next_) add(own_.offset_gaps, 1);
        if (!one.has_value) add(own_.null_values, 1);
      }
    }
    if (!read_lines(given, record, at, line)) return;
    next_ = one.offset + 1;
    ++record;
    at = 0;
    line = 0;
  }
}

// False when the batch is full before the record is at its end.
bool partition::read_lines(std::span<const input_record> given, std::size_t record, std::size_t& at,
                           std::uint64_t& line) {
  const input_record& from = given[record];
  const char* const value = values_.data() + value_begins_[record];
  const std::size_t size = from.value.size();
  while (at < size) {
    if (batch_.points.size() >= batch_points) return false;
    const auto* const found = static_cast<const char*>(std::memchr(value + at, '\n', size - at));
    const std::size_t end = found == nullptr ? size : static_cast<std::size_t>(found - value);
    std::string_view text(value + at, end - at);
    at = end + 1;
    ++line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!is_blank(text)) read_line(text, from, record, line);
  }
  return true;
}

void partition::read_line(std::string_view text, const input_record& from, std::size_t record, std::uint64_t line) {
  if (text.size() > model::frame_bytes_max) {
    faults_.push_back(
        {record, batch_.points.size(), line, text,
         protocol_error{error_code::frame_too_large, "the line is longer than a frame may be", 0, {}, {}}});
    return;
  }
  frame read = decoder_.decode(text);
  if (auto* const measured = std::get_if<point>(&read)) {
    if (!measured->ts) {
      measured->ts = from.timestamp_ms;
      measured->unit = time_unit::none;
    }
    batch_.points.push_back(*measured);
    origins_.push_back({record, line, text});
    positions_.push_back(static_cast<journal_position>(from.offset) + 1);
    return;
  }
  auto* const broken = std::get_if<protocol_error>(&read);
  faults_.push_back({record, batch_.points.size(), line, text, broken != nullptr ? std::move(*broken) : no_point()});
}

std::int64_t partition::slot_of(std::int64_t timestamp_ms) const {
  const std::int64_t length = std::max<std::int64_t>(settings_.forget_after.count() / 16, 1);
  return timestamp_ms - timestamp_ms % length;
}

// By the newest record; whatever becomes of it, becomes of it at the same record again.
void partition::enter_slot(std::int64_t timestamp_ms) {
  const std::int64_t begin = slot_of(std::max(newest_ms_, timestamp_ms));
  if (begin <= slot_ms_) return;
  slot_ms_ = begin;
  const std::int64_t before = begin - settings_.forget_after.count();
  if (is_in_snapshot()) {
    for (stream_table::stripe& stripe : engine_.streams().stripes()) {
      stripe.streams.for_each([&](stream& one, std::uint64_t) {
        if (one.seen_ms >= before || one.snapshot == snapshot_mark_) return;
        one.snapshot = snapshot_mark_;
        encoder_.add(one);
      });
    }
  }
  add(own_.streams_forgotten, engine_.forget_idle(before));
}

void partition::run_batch(bool is_silent) {
  if (batch_.points.empty()) return;
  if (is_in_snapshot()) put_into_snapshot_first();
  const moment now{newest_ms_, slot_ms_};
  if (is_silent) {
    engine_.replay(batch_, positions_, now);
    add(own_.replayed, batch_.points.size());
  } else {
    engine_.observe(batch_, now);
  }
  if (!is_in_snapshot()) return;
  // Those that began just now are younger than the snapshot.
  for (stream* const applied : batch_.streams) {
    if (applied != nullptr) applied->snapshot = snapshot_mark_;
  }
}

void partition::put_into_snapshot_first() {
  for (const point& next : batch_.points) {
    const std::uint64_t hash = engine_.streams().hash_of(next.stream);
    stream* const known = engine_.streams().stripe_of(hash).streams.find(next.stream, hash);
    if (known == nullptr || known->snapshot == snapshot_mark_) continue;
    known->snapshot = snapshot_mark_;
    encoder_.add(*known);
  }
}

void partition::check_routing(const input_record& from, std::string_view stream) {
  if (from.key == stream && murmur2_partition(from.key, settings_.partitions) != number_) add(own_.misrouted, 1);
}

stop_order partition::stop_at(const input_record& from, const fault& bad) const {
  return {1, "topic " + settings_.points + ", partition " + std::to_string(number_) + ", offset " +
                 std::to_string(from.offset) + ", line " + std::to_string(bad.line) + ": " +
                 std::string(name_of(bad.error.code)) + ": " + bad.error.message +
                 "; with --on-bad dead-letter it would be put aside"};
}

void partition::put_fault(const input_record& from, const fault& bad, step& out) {
  add(own_.dead_letters, 1);
  add(own_.dead_letters_by_error[static_cast<std::size_t>(bad.error.code)], 1);
  output_record made;
  made.to = output_topic::dead_letters;
  made.partition = number_;
  made.timestamp_ms = from.timestamp_ms;
  made.has_key = !from.key.empty();
  made.key = out.put(from.key);
  made.value = out.put(bad.bytes);
  made.error = bad.error.code;
  made.message = out.put(bad.error.message);
  made.offset = from.offset;
  made.line = bad.line;
  out.sends.push_back(made);
}

namespace {

// The lines of one input record, as they come: verdicts stand in the step's bytes at once, events behind them.
class record_writer {
public:
  record_writer(const lane_settings& settings, std::int32_t partition, std::string& event_lines, step& out)
      : settings_(settings), partition_(partition), event_lines_(event_lines), out_(out) {}

  void begin(const input_record& from) {
    from_ = &from;
    key_ = out_.put(from.key);
    begin_ = out_.bytes.size();
    event_lines_.clear();
  }
  void add(const verdict& judged) {
    const bool is_event = settings_.writes_events && judged.is_event();
    if (!settings_.writes_verdicts) {
      if (is_event) encode(judged, event_lines_);
    } else {
      const std::size_t before = out_.bytes.size();
      encode(judged, out_.bytes);
      if (is_event) event_lines_.append(out_.bytes, before);
    }
    if (out_.bytes.size() - begin_ > settings_.record_bytes || event_lines_.size() > settings_.record_bytes) next();
  }
  void add(const event& notice, std::string_view stream, std::string_view feature) {
    if (settings_.writes_events) encode(notice, stream, feature, event_lines_);
  }
  void end() {
    if (from_ == nullptr) return;
    put(output_topic::verdicts, begin_, out_.bytes.size() - begin_);
    const std::size_t events_begin = out_.bytes.size();
    out_.bytes += event_lines_;
    put(output_topic::events, events_begin, event_lines_.size());
    from_ = nullptr;
  }

private:
  void next() {
    const input_record* const from = from_;
    end();
    from_ = from;
    begin_ = out_.bytes.size();
    event_lines_.clear();
  }
  void put(output_topic to, std::size_t begin, std::size_t length) {
    if (length == 0) return;
    output_record made;
    made.to = to;
    made.partition = partition_;
    made.timestamp_ms = from_->timestamp_ms;
    made.has_key = !from_->key.empty();
    made.key = key_;
    made.value = {begin, length - 1};  // LF stands between lines
    out_.sends.push_back(made);
  }

  const lane_settings& settings_;
  const std::int32_t partition_;
  std::string& event_lines_;
  step& out_;
  const input_record* from_ = nullptr;
  text_range key_{};
  std::size_t begin_ = 0;
};

}  // namespace

std::optional<stop_order> partition::tell_batch(std::span<const input_record> given, step& out) {
  // What the engine refused is a fault like any other.
  for (std::size_t i = 0; i < batch_.outcomes.size(); ++i) {
    const refusal why = batch_.outcomes[i].why;
    if (why == refusal::none) continue;
    faults_.push_back(
        {origins_[i].record, i, origins_[i].line, origins_[i].bytes, refusal_error(why, batch_.points[i])});
  }
  std::sort(faults_.begin(), faults_.end(), [](const fault& a, const fault& b) {
    return a.record != b.record ? a.record < b.record : a.line < b.line;
  });
  if (settings_.on_bad == bad_line_rule::stop && !faults_.empty()) {
    return stop_at(given[faults_.front().record], faults_.front());
  }
  record_writer lines(settings_, number_, event_lines_, out);
  std::size_t current = SIZE_MAX;
  std::size_t told = 0;
  for (std::size_t i = 0; i < batch_.outcomes.size(); ++i) {
    if (origins_[i].record != current) {
      lines.end();
      current = origins_[i].record;
      lines.begin(given[current]);
      check_routing(given[current], batch_.points[i].stream);
    }
    if (batch_.outcomes[i].why == refusal::none) lines.add(batch_.outcomes[i].what);
    for (; told < batch_.told.size() && batch_.told[told].point == i; ++told) {
      const told_event& said = batch_.told[told];
      if (!said.notice.is_picture_alone) lines.add(said.notice, batch_.points[i].stream, said.feature);
    }
  }
  lines.end();
  for (const fault& bad : faults_) put_fault(given[bad.record], bad, out);
  return std::nullopt;
}

}  // namespace spindrift::worker
