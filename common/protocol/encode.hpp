// Frame -> appended bytes: the hot path. Every function appends one line (LF included) or the named part to `out`;
// nothing written here is ever invalid JSON: text is escaped, bad UTF-8 becomes U+FFFD, numbers that are not finite
// become null. What was sent is written in the shortest form that reads back to the same double, what is derived
// with six significant digits (double_text.hpp). Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/error.hpp"
#include "common/protocol/frame.hpp"

namespace spindrift {

struct event;
struct event_picture;
struct evidence_number;
struct point;
struct verdict;

// Producer -> server.
void encode(const point& measured, std::string& out);
void encode(const command_frame& asked, std::string& out);

// Server -> client. `frame_number` counts the connection's frames from 1; 0: not about one frame, and left out.
void encode(const verdict& judged, std::string& out);
// What encode() takes of `out` at most while it writes the verdict; known without looking at any number.
std::size_t line_bytes_max(const verdict& judged);
// A notice about a stream; `feature_name` is empty where the stream has but one value.
void encode(const event& told, std::string_view stream, std::string_view feature_name, std::string& out);
void encode(const protocol_error& error, std::uint64_t frame_number, std::string& out);

// Of an explanation: an object of the parts that spoke, each with its numbers by name; and the points around the event.
void append_evidence(const std::vector<evidence_number>& numbers, std::string& out);
void append_picture(const event_picture& shown, std::string& out);

// Parts, for the rare replies that are put together by hand.
void append_json_string(std::string_view text, std::string& out);
void append_number(double number, std::string& out);
// Derived numbers, which nobody needs to the last bit: six significant digits.
void append_derived(double number, std::string& out);
void append_number(std::int64_t number, std::string& out);
void append_number(std::uint64_t number, std::string& out);

}  // namespace spindrift
