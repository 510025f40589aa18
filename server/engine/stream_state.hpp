// A stream as bytes, and back: the one format for disk and wherever else a stream is sent. docs/store_format.md tells
// it byte by byte.
//
//   state  = part*
//   part   = tag, version, settings, length, bytes
//
// Every part stands for itself: one of another version, of other settings, with bytes that do not fit or are left over
// is left out, and what it belongs to learns anew, while the rest continues bit for bit. Only the numbers of the stream
// must be there. Who adds something that a stream remembers gives it a tag and a version here; who changes it raises
// the version, and either reads the old one or lets it be learned anew.
//
// Functions without state; the stream is locked by its owner. Bytes from outside never throw; memory in proportion to
// them. Cost: a copy of the state, some 13 KiB a value.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/stream.hpp"
#include "server/engine/stream_profile.hpp"

namespace spindrift {

// 1: no parts, all detectors behind each other (0.1.0). 2: parts.
constexpr std::uint32_t stream_state_version = 2;

// Tags below those of the detectors (detector_tag). Given once and never to another.
enum class stream_part : std::uint16_t {
  numbers = 1,   // features, n, last, last_ts
  events = 2,    // event_watch: what happened, and what is ordinary
  unit = 4,      // time_unit of its times; streams of numbers for times alone have it
  rate = 3,      // counter_rate; streams of counters alone have it
  learned = 5,   // which of its newest points were told to nobody; streams that are learning have it
  networks = 6,  // of no stream: what many learn together, in the head of a partition's snapshot
};
constexpr std::uint16_t stream_numbers_version = 1;

// A part that was not taken over.
struct state_loss {
  std::string part{};        // "adwin"; "stream": nothing of it could be read
  std::uint32_t found = 0;   // the version in the bytes; 0: there is no such part
  std::uint32_t wanted = 0;  // the version that is read here; 0: nobody wants this part now
  const char* reason = "";
};

struct stream_bytes {
  std::string_view name{};
  std::uint32_t version = stream_state_version;
  std::string_view bytes{};
  // Of version 1 alone: what its snapshot says of the detectors' settings; empty: unknown.
  std::string_view settings_of_1{};
};

// Appends the whole state but the name.
void save_stream(stream& from, std::string& out);
// Null when not even the numbers can be read. What was not taken over is appended to `losses`.
std::unique_ptr<stream> restore_stream(const stream_bytes& from, const shared_profile& profile,
                                       std::vector<state_loss>& losses);

// Version 1 as version 2. False when the bytes are no state of version 1.
bool migrate_stream_of_1(std::string_view bytes, std::string_view settings, std::string& out);
// A part's header and a place for its length, which end_part fills in.
std::size_t begin_part(std::uint16_t tag, std::uint16_t version, std::uint32_t settings, std::string& out);
void end_part(std::size_t begin, std::string& out);

}  // namespace spindrift
