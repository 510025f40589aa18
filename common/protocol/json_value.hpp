// JSON of any shape, to a tree and back: for what is read or written by the request or the event, not by the point.
// Every unit that calls nlohmann's parser itself compiles all of it anew, some seconds each; here it is compiled once.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace spindrift {

// A value for which is_discarded() holds where `text` is no JSON (RFC 8259; nothing but blanks may follow the value).
// Throws nothing but std::bad_alloc. As deep as the text goes, in memory of 16 bytes a value and more; from any thread.
nlohmann::json read_json(std::string_view text);

// On one line, without blanks. Bytes that are no UTF-8 become U+FFFD.
std::string write_json(const nlohmann::json& value);

}  // namespace spindrift
