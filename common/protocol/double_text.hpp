// The shortest text of a double: the same characters as std::to_chars(first, last, double), a third quicker for
// the numbers that verdicts are made of. Those between 1e-5 and 1e15 go through Schubfach (R. Giulietti, "The Schubfach
// way to render doubles", 2021), for which the powers of ten up to 10^38 are enough; they are exact in 128 bits, so
// nothing has to be argued about rounding errors. All others are left to the standard library.
//
// Stateless, any thread; about 20 ns.
#pragma once

#include <cstddef>

namespace spindrift {

// Writes at most double_bytes_max bytes, the text and some rubbish behind it; returns the end of the text.
inline constexpr std::size_t double_bytes_max = 40;
char* write_double(char* at, double value);

}  // namespace spindrift
