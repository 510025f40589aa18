// Names as gnuplot may see them: text from outside, made harmless and put into single quotes.
//
// gnuplot obeys what a name holds: a newline ends the command, a quote ends the text, a back-tick or `@` in double
// quotes is run. So a name enters a script in one way only, as quoted(name): control characters (C0, DEL, C1), bad
// UTF-8, line and paragraph separators, the marks that turn the direction of writing and what XML forbids become
// U+FFFD, `'` becomes U+2019, and the whole stands between single quotes, where gnuplot expands nothing. The command
// around it says `noenhanced`, so that `{/Symbol}`, `_` and `^` stay letters. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spindrift {

// Where something of a text is left out: U+2026.
inline constexpr std::string_view ellipsis = "\xe2\x80\xa6";

// One line of text without anything that a terminal, a picture or gnuplot would obey. Longer than `characters_max`: the
// middle is left out ("plant-7/lin…/temperature"), since names differ at both ends.
std::string harmless(std::string_view text, std::size_t characters_max);

// A stream, or a feature of it (else empty), as people know it: what they call it and, where there is room, its name;
// the name alone where nobody has said. harmless().
std::string called(std::string_view title, std::string_view name, std::string_view feature, std::size_t characters_max);

// harmless(text), between single quotes.
std::string quoted(std::string_view text, std::size_t characters_max);

}  // namespace spindrift
