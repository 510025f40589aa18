// Foreign text made fit for a terminal, a log or a message: what was typed, read from a file or sent by a peer.
//
// Controls (C0, DEL, C1: they drive a terminal), line separators and characters that turn the order of text around come
// out as escapes, bytes that are not UTF-8 as U+FFFD, all else as it is; so the result is one line of valid UTF-8 that
// only shows. Pure, any thread; linear in the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spindrift {

// For a message as a whole: quotes and backslashes stay. At most some 64 KiB of it; a longer one is cut with "…".
std::string printable(std::string_view text);

// In double quotes, with quotes and backslashes escaped: a JSON string. Text beyond `bytes_max` bytes is cut with "…".
void append_quoted(std::string_view text, std::size_t bytes_max, std::string& line);
// The same for messages, cut at 200 bytes: "abc\u001b".
std::string in_quotes(std::string_view text);

}  // namespace spindrift
