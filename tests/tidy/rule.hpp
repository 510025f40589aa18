// The rules of the house that a program can check. Each takes a tree and returns its complaints, one line each; empty:
// the tree keeps the rule.
//
// Which room a file is in: the one whose SOURCES name it, or name the .cpp of the same stem; any other header is in all
// rooms of the nearest folder above it that has some.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source_tree.hpp"

namespace spindrift::tidy {

using complaints = std::vector<std::string>;

// Quoted includes name an existing file from the top of the house, in the same room or in one that the room links,
// directly or through those it links (CMake's PUBLIC).
complaints forbidden_arrows(const source_tree& tree);
// No circle of includes between units (a header and the .cpp of its name are one), none of links between rooms.
complaints circles(const source_tree& tree);
// server/detect includes the standard library and itself.
complaints foreign_includes_of_detect(const source_tree& tree);
// The rooms of the wire's meaning never see Asio or Beast; libraries that are slow to compile stay out of headers,
// except in the rooms that are there for them.
complaints heavy_includes(const source_tree& tree);
// Every .cpp is named by the CMakeLists of its folder or of one above.
complaints orphans(const source_tree& tree);
// The table "What a new one touches" of docs/architecture.md: each row names files that exist, four at most.
complaints additions_beyond_four_files(const source_tree& tree, const std::string& architecture);
// A name that one of that kind has stands in the files of its row of that table, and in no others.
complaints files_beyond_row(const source_tree& tree, const std::string& architecture, const std::string& kind,
                            const std::string& name);
// What a file uses of the standard library (by the names used most) it includes, itself or through headers of ours.
// With precompiled headers a compiler no longer sees that.
complaints names_without_header(const source_tree& tree);
// No line over 120 columns.
complaints long_lines(const source_tree& tree);
// No file over 500 lines. Those over 400 are a question to the reader, not an error.
complaints long_files(const source_tree& tree, std::size_t lines_max = 500);
// No lock without a name: it would be let go of at the end of its own line.
complaints locks_without_name(const source_tree& tree);
// No note of unfinished work.
complaints unfinished_work(const source_tree& tree);
// Headers open with a comment that says what they are, and are read once.
complaints headers_without_contract(const source_tree& tree);
// Every .cpp opens with a line that says what it does.
complaints sources_without_opening(const source_tree& tree);

}  // namespace spindrift::tidy
