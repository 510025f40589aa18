// The engine alone, a point at a time.
#include "tests/faults/undisturbed.hpp"

#include <algorithm>
#include <map>
#include <variant>

#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/inbox.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/refusal_error.hpp"

namespace spindrift::faults {
namespace {

std::string without_end(std::string line) {
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

std::string dead_letter(std::string_view line, error_code code, std::size_t offset, std::size_t number) {
  return std::string(line) + " | " + std::string(name_of(code)) + " " + std::to_string(offset) + ":" +
         std::to_string(number);
}

class teller {
public:
  explicit teller(const worker::lane_settings& settings)
      : settings_(settings), engine_(without_eviction(settings.engine), counts_) {}

  void hear(const message& record, std::size_t offset) {
    forget(record.timestamp_ms);
    std::size_t number = 0;
    std::size_t begin = 0;
    while (begin < record.value.size()) {
      const std::size_t end = std::min(record.value.find('\n', begin), record.value.size());
      hear_line(record.value.substr(begin, end - begin), record, offset, ++number);
      begin = end + 1;
    }
  }

  expected_messages said;

private:
  static engine_settings without_eviction(engine_settings chosen) {
    chosen.evicts_for_others = false;
    return chosen;
  }

  // A sixteenth of the time is a slot; at the beginning of one goes who was last heard of so long before it.
  void forget(std::int64_t time_ms) {
    newest_ms_ = std::max(newest_ms_, time_ms);
    const std::int64_t slot = settings_.forget_after.count() / 16;
    const std::int64_t begin = newest_ms_ / slot * slot;
    if (begin > slot_ms_) engine_.forget_idle(begin - settings_.forget_after.count());
    slot_ms_ = begin;
  }

  void hear_line(const std::string& line, const message& record, std::size_t offset, std::size_t number) {
    if (line.empty()) return;
    std::string padded = line;
    padded.resize(line.size() + inbox::padding_bytes);
    reader_.reset();
    frame read = reader_.decode(std::string_view(padded).substr(0, line.size()));
    if (const auto* const broken = std::get_if<protocol_error>(&read)) {
      said.dead_letters.push_back(dead_letter(line, broken->code, offset, number));
      return;
    }
    if (!std::holds_alternative<point>(read)) {
      said.dead_letters.push_back(dead_letter(line, error_code::bad_frame, offset, number));
      return;
    }
    batch one;
    one.points.push_back(std::get<point>(read));
    engine_.observe(one, {record.timestamp_ms, slot_ms_});
    if (one.outcomes[0].why != refusal::none) {
      said.dead_letters.push_back(dead_letter(line, code_of(one.outcomes[0].why), offset, number));
      return;
    }
    std::string text;
    encode(one.outcomes[0].what, text);
    said.verdicts.push_back(without_end(text));
    if (one.outcomes[0].what.is_event()) said.events.push_back(without_end(text));
    for (const told_event& told : one.told) {
      if (told.notice.is_picture_alone) continue;
      text.clear();
      encode(told.notice, one.points[0].stream, told.feature, text);
      said.events.push_back(without_end(text));
    }
  }

  const worker::lane_settings& settings_;
  counters counts_;
  engine engine_;
  decoder reader_;
  std::int64_t newest_ms_ = 0;
  std::int64_t slot_ms_ = 0;
};

}  // namespace

expected_messages say_undisturbed(const worker::lane_settings& settings, const std::vector<message>& records) {
  teller alone(settings);
  for (std::size_t offset = 0; offset < records.size(); ++offset) alone.hear(records[offset], offset);
  return std::move(alone.said);
}

}  // namespace spindrift::faults
