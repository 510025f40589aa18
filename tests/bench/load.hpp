// The load generator of the benchmarks: one thread, non-blocking sockets, and so little work a point that the server is
// what is measured. Each mode runs to its end and returns what it saw; main prints it as one JSON object. Failures of
// start-up and of the connection throw std::system_error or std::runtime_error: a benchmark with a broken peer has no
// result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/bench/latency_count.hpp"
#include "tests/bench/point_source.hpp"

namespace spindrift::bench {

struct load_settings {
  std::uint16_t port = 0;
  wire form = wire::json;
  std::size_t streams = 1'000;
  std::size_t first_stream = 0;
  std::size_t connections = 1;
  std::size_t window = 1'024;  // points of one connection without an answer
  double seconds = 1.0;        // measured; the warm-up of a tenth, at least 50 ms, is not
  std::uint64_t points = 0;    // instead of seconds: so many, all counted, no warm-up
  double rate = 0;             // points a second, for the open loop
  // What the first line of an answer has to begin with: a benchmark of error messages would be fast, too.
  std::string expect;
  // Pipelined: "marked" or "errors", what a hello asks for; points are counted by acknowledgements then.
  std::string replies{};
};

struct load_result {
  std::uint64_t points = 0;  // answered while the clock ran
  double seconds = 0;
  std::uint64_t answered = 0;    // warm-up and drain counted
  std::uint64_t unanswered = 0;  // open loop: sent or due, and not answered two seconds after the last was due
  latency_count latency;
  std::uint64_t lines = 0;  // subscribers: verdict lines that came,
  std::uint64_t gaps = 0;   // and lines that told of a gap
};

// As many points in flight as the window allows, from first to last: the most that the server can do.
load_result run_pipelined(const load_settings& settings);
// One point at a time, on one connection: the latency is that of the round trip.
load_result run_one_at_a_time(const load_settings& settings);
// A point every 1/rate seconds, whatever the server does; the latency counts from the time the point was due, so a
// server that stalls cannot hide the points it kept waiting.
load_result run_open_loop(const load_settings& settings);
// Subscribers of everything, `connections` of them, until `seconds` are over.
load_result run_subscribers(const load_settings& settings);

}  // namespace spindrift::bench
