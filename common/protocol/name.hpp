// Stream and feature names: UTF-8 text that one line can hold and a pattern can name.
//
// Without control characters (C0, DEL, C1, and the separators of lines and paragraphs), without the controls that turn
// the direction of text (Unicode TR 9), without `"` and `\`, so that a name needs no escaping in JSON, without `*` and
// `?`, which stand for others in patterns, and without blanks at its ends. Whoever writes a name into another language
// (a log, SQL, gnuplot, HTML, CSV) encodes it for that language. Nothing throws or allocates; any thread. Cost: some
// two instructions a byte of ASCII, a table look-up for others.
#pragma once

#include <cstddef>
#include <string_view>

namespace spindrift {

inline constexpr std::string_view name_rule =
    R"(UTF-8 without control characters, ", \, * and ?, and without blanks at its ends)";

// Whether `text` is such a name of 1 to `bytes_max` bytes.
bool is_name(std::string_view text, std::size_t bytes_max);

// The length of a name in ASCII that begins at `at` and ends before a '"'; 0 where there is none before `end`, or where
// only is_name() can say. Fifteen bytes behind `end` must be readable.
std::size_t quoted_ascii_name(const char* at, const char* end);

// Whether `text` may stand for names: 1 to limits::pattern_bytes_max bytes, limits::stars_max stars at most.
bool is_pattern(std::string_view text);

// Producers and identities keep to plain words, since they stand among other words in files of tokens and of state:
// letters, digits and, behind the first, ._:/=,@+-
inline constexpr std::string_view plain_name_rule = "[A-Za-z0-9][A-Za-z0-9._:/=,@+-]*";
bool is_plain_name(std::string_view text, std::size_t bytes_max);

// Whether the character at the front of `text`, which has `length` bytes, may stand in a name.
bool is_name_character(std::string_view text, std::size_t length);

}  // namespace spindrift
