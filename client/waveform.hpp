// The pure signals of the scenarios: point number in, level out. No noise, no state, no randomness; the same bits on
// every machine (plain IEEE arithmetic, no libm). Any thread. About 5 ns each.
#pragma once

#include <cstdint>

namespace spindrift::waveform {

// sin of `turns` full turns; good to about 1e-15 absolute for |turns| up to 2^20.
double sine_of_turns(double turns);

// A sine of `period` points at point t: exact in phase for any t, since t is reduced in integers.
double sine_of_period(std::uint64_t t, std::uint64_t period);
double cosine_of_period(std::uint64_t t, std::uint64_t period);

// sin(0.1 t): 62.8 points a turn.
double slow_sine(std::uint64_t t);
// 50 + 10 sin(2 pi t / 24) + 10 sin(2 pi t / 365).
double daily(std::uint64_t t);
// 20 + 5 sin(2 pi t / 100), degrees Celsius.
double temperature(std::uint64_t t);
// 50 + 10 cos(2 pi t / 150), per cent.
double humidity(std::uint64_t t);

}  // namespace spindrift::waveform
