// Writes a stream part by part and takes back those parts that fit.
#include "server/engine/stream_state.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/model/limit.hpp"
#include "server/detect/archive.hpp"
#include "server/store/bytes.hpp"

namespace spindrift {
namespace {

constexpr std::size_t part_header_bytes = 12;
constexpr std::uint16_t stream_unit_version = 1;
constexpr std::uint16_t stream_learned_version = 1;

struct part {
  std::uint16_t tag = 0;
  std::uint16_t version = 0;
  std::uint32_t settings = 0;
  std::string_view bytes{};
};

// False when the bytes are not parts to the last of them.
bool split(std::string_view bytes, std::vector<part>& parts) {
  byte_reader in(bytes);
  while (in.ok() && in.left() > 0) {
    part next;
    next.tag = in.fixed<std::uint16_t>();
    next.version = in.fixed<std::uint16_t>();
    next.settings = in.fixed<std::uint32_t>();
    const std::size_t length = in.fixed<std::uint32_t>();
    next.bytes = in.text(length);
    if (in.ok()) parts.push_back(next);
  }
  return in.ok();
}

const part* find(const std::vector<part>& parts, std::uint16_t tag) {
  const auto at = std::find_if(parts.begin(), parts.end(), [tag](const part& one) { return one.tag == tag; });
  return at == parts.end() ? nullptr : &*at;
}

std::unique_ptr<stream> restore_numbers(std::string_view name, std::string_view bytes, const shared_profile& profile) {
  state_reader in(bytes);
  std::vector<std::string> features;
  in.sequence(features, model::features_max);
  if (!in.ok()) return nullptr;
  auto made = stream::make(name, std::move(features), profile);
  in(made->n, made->last, made->last_ts);
  return in.ok() && in.bytes_left() == 0 ? std::move(made) : nullptr;
}

// Why the part that was found cannot be the detector's; null when it was taken.
const char* restore_detector(stream& into, const detector_entry& wanted, const part* found) {
  if (found == nullptr) return "nothing was saved of it";
  const std::uint16_t oldest = wanted.state_version_read > 0 ? wanted.state_version_read : wanted.state_version;
  if (found->version < oldest || found->version > wanted.state_version) return "it is of another version";
  if (found->settings != wanted.state_settings(into.profile->detectors)) return "its settings have changed";
  if (!into.detectors.restore(wanted.tag, found->bytes, into.profile->detectors)) return "its bytes do not fit";
  return nullptr;
}

const char* restore_events(stream& into, const part* found) {
  if (found == nullptr) return "nothing was saved of it";
  if (found->version != event_watch::state_version) return "it is of another version";
  state_reader in(found->bytes);
  in(into.events);
  if (in.ok() && in.bytes_left() == 0) return nullptr;
  into.events = event_watch(into.width(), into.profile->context_points);
  return "its bytes do not fit";
}

// A stream of counters stays one, even when its newest value is lost.
const char* restore_rate(stream& into, const part* found) {
  if (found == nullptr) return nullptr;
  into.judge_by_rate();
  if (found->version != counter_rate::state_version) return "it is of another version";
  state_reader in(found->bytes);
  in(*into.rate());
  if (in.ok() && in.bytes_left() == 0) return nullptr;
  into.judge_by_rate();
  return "its bytes do not fit";
}

// What is lost is told by the next point.
void restore_unit(stream& into, const part* found) {
  if (found == nullptr || found->version != stream_unit_version) return;
  state_reader in(found->bytes);
  time_unit unit = time_unit::none;
  in(unit);
  if (in.ok() && in.bytes_left() == 0 && unit <= time_unit::nanoseconds) into.unit = unit;
}

// What is lost costs a notice of the past at most.
void restore_learned(stream& into, const part* found) {
  if (found == nullptr || found->version != stream_learned_version) return;
  state_reader in(found->bytes);
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  in(from, to);
  if (!in.ok() || in.bytes_left() != 0 || from == 0 || from > to || to != into.n) return;
  into.some().learned_from = from;
  into.some().learned_to = to;
}

std::string part_name(std::uint16_t tag) {
  const detector_entry* const known = find_detector(static_cast<detector_tag>(tag));
  return known == nullptr ? "part " + std::to_string(tag) : std::string(known->title);
}

bool is_wanted(const stream_profile& profile, std::uint16_t tag) {
  return tag == static_cast<std::uint16_t>(stream_part::numbers) ||
         tag == static_cast<std::uint16_t>(stream_part::events) ||
         tag == static_cast<std::uint16_t>(stream_part::rate) || tag == static_cast<std::uint16_t>(stream_part::unit) ||
         tag == static_cast<std::uint16_t>(stream_part::learned) ||
         std::any_of(profile.running.begin(), profile.running.end(),
                     [tag](const detector_entry* wanted) { return static_cast<std::uint16_t>(wanted->tag) == tag; });
}

}  // namespace

std::size_t begin_part(std::uint16_t tag, std::uint16_t version, std::uint32_t settings, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + part_header_bytes);
  std::memcpy(out.data() + begin, &tag, 2);
  std::memcpy(out.data() + begin + 2, &version, 2);
  std::memcpy(out.data() + begin + 4, &settings, 4);
  return begin;
}

void end_part(std::size_t begin, std::string& out) {
  const auto length = static_cast<std::uint32_t>(out.size() - begin - part_header_bytes);
  std::memcpy(out.data() + begin + 8, &length, 4);
}

void save_stream(stream& from, std::string& out) {
  std::size_t begin = begin_part(static_cast<std::uint16_t>(stream_part::numbers), stream_numbers_version, 0, out);
  state_writer archive(out);
  rare_list<std::string> none;
  archive.sequence(from.seldom ? from.seldom->features : none, model::features_max);
  archive(from.n, from.last, from.last_ts);
  end_part(begin, out);
  begin = begin_part(static_cast<std::uint16_t>(stream_part::events), event_watch::state_version, 0, out);
  archive(from.events);
  end_part(begin, out);
  if (from.unit != time_unit::none) {
    begin = begin_part(static_cast<std::uint16_t>(stream_part::unit), stream_unit_version, 0, out);
    archive(from.unit);
    end_part(begin, out);
  }
  if (from.is_learning()) {
    begin = begin_part(static_cast<std::uint16_t>(stream_part::learned), stream_learned_version, 0, out);
    archive(from.seldom->learned_from, from.seldom->learned_to);
    end_part(begin, out);
  }
  if (from.rate()) {
    begin = begin_part(static_cast<std::uint16_t>(stream_part::rate), counter_rate::state_version, 0, out);
    archive(*from.rate());
    end_part(begin, out);
  }
  for (const detector_entry* const saved : from.profile->running) {
    begin = begin_part(static_cast<std::uint16_t>(saved->tag), saved->state_version,
                       saved->state_settings(from.profile->detectors), out);
    from.detectors.save(saved->tag, out);
    end_part(begin, out);
  }
}

std::unique_ptr<stream> restore_stream(const stream_bytes& from, const shared_profile& profile,
                                       std::vector<state_loss>& losses) {
  const auto lose_all = [&](const char* reason) {
    losses.push_back({"stream", from.version, stream_state_version, reason});
    return nullptr;
  };
  std::string migrated;
  std::string_view bytes = from.bytes;
  if (from.version == 1) {
    if (!migrate_stream_of_1(from.bytes, from.settings_of_1, migrated)) return lose_all("its bytes do not fit");
    bytes = migrated;
  } else if (from.version != stream_state_version) {
    return lose_all("it is of another version");
  }
  std::vector<part> parts;
  if (!split(bytes, parts)) return lose_all("its bytes do not fit");
  const part* const numbers = find(parts, static_cast<std::uint16_t>(stream_part::numbers));
  if (numbers == nullptr || numbers->version != stream_numbers_version) {
    losses.push_back({"numbers", numbers == nullptr ? std::uint32_t{0} : numbers->version, stream_numbers_version,
                      numbers == nullptr ? "nothing was saved of it" : "it is of another version"});
    return nullptr;
  }
  std::unique_ptr<stream> made = restore_numbers(from.name, numbers->bytes, profile);
  if (!made) {
    losses.push_back({"numbers", numbers->version, stream_numbers_version, "its bytes do not fit"});
    return nullptr;
  }
  const part* const events = find(parts, static_cast<std::uint16_t>(stream_part::events));
  if (const char* reason = restore_events(*made, events)) {
    losses.push_back(
        {"events", events == nullptr ? std::uint32_t{0} : events->version, event_watch::state_version, reason});
  }
  restore_unit(*made, find(parts, static_cast<std::uint16_t>(stream_part::unit)));
  restore_learned(*made, find(parts, static_cast<std::uint16_t>(stream_part::learned)));
  const part* const rate = find(parts, static_cast<std::uint16_t>(stream_part::rate));
  if (const char* reason = restore_rate(*made, rate)) {
    losses.push_back({"rate", rate->version, counter_rate::state_version, reason});
  }
  for (const detector_entry* const wanted : profile->running) {
    const part* const found = find(parts, static_cast<std::uint16_t>(wanted->tag));
    if (const char* reason = restore_detector(*made, *wanted, found)) {
      losses.push_back({std::string(wanted->title), found == nullptr ? std::uint32_t{0} : found->version,
                        wanted->state_version, reason});
    }
  }
  for (const part& other : parts) {
    if (!is_wanted(*profile, other.tag)) losses.push_back({part_name(other.tag), other.version, 0, "it is not in use"});
  }
  return made;
}

}  // namespace spindrift
