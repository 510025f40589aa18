// A point in its plain form, read straight from its bytes: what nearly every producer sends.
//
//   {"stream":"cpu","value":0.42,"ts":1764000000000,"seq":17,"label":true}
//   {"stream":"room","values":{"temperature":21.5,"humidity":40},"ts":1764000000000}
//
// in any order, blanks between the tokens allowed; names without escapes, numbers without exponents and of at most 64
// bytes. Whatever is not of this form, be it a fault or only unusual, is left to the decoder, which alone says what is
// wrong: a point that is read here is one that the decoder would read to the same point, bit for bit. Internal to the
// protocol room. Nothing throws or allocates; any thread. Cost: about 25 ns for a 70-byte point, where a JSON parser
// takes 130.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "common/model/point.hpp"

namespace spindrift::plain_point {

// Fills in a point whose members are as new. False: it is not of the plain form, and the point may be half filled.
// `bytes` must be followed by inbox::padding_bytes readable bytes; the point looks into them and, of a multivariate
// point, into `room`, whose size is the most features that are read.
bool read(std::string_view bytes, std::span<feature> room, point& found);

// The same of the first line of `text`, which has nothing but the point: its bytes, with the line end; 0: it is not
// whole, or has something else. The first of the readable bytes behind `text` is neither a digit nor a blank.
std::size_t read_line(std::string_view text, std::span<feature> room, point& found);

}  // namespace spindrift::plain_point
