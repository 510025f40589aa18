// How bad an event is, on one scale for all kinds and all units: 1 to 100.
//
//   bits = (nines - 3) / 5 + log10(size) / 2 + log2(points) / 12,    severity = 100 (1 - 2^-bits)
//
// nines: -log10 of the probability that a quiet stream of this kind shows as much at a point. size: how large against
// what it takes to be noticed at all (1), on the stream's own scale. points: how long. So 50 is, for a single point
// that only just stands out in size, a chance of 1 in 10^8; 80 is 1 in 10^14, or 1 in 10^10 and a hundred times the
// size. Stateless; any thread.
#pragma once

#include <cstdint>

namespace spindrift {

int severity_of(double nines, double size, std::uint64_t points);

}  // namespace spindrift
