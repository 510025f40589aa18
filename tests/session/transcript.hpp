// A conversation written down: what each client sends and what it must be told. One line each; see docs/protocol.md and
// the files beside this one.
//
//   > text      send the text and a line feed        | text   send the text alone: \r \n \t \\ \xNN, {{a*70000}}
//   < json      the next reply                       ~ json   the next line of the feed
//   ! end       the client's FIN (or a silence)      ! gone   the client has disconnected
//   ! closed c  the server closed with this code     @ ms     time passes
//   : setting   before or between: see the runner    # text   a comment
//
// A capital letter in front (`B> ...`) names the client; without one it is client A. Expected JSON is compared field by
// field: fields that it does not name may be there, the string "..." stands for anything, and a field written "!name"
// must be absent. Of acknowledgements that come without anything sent in between only the last is compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct transcript_line {
  enum class kind { send, expect_reply, expect_feed, end, gone, closed, wait, set };
  kind what = kind::send;
  char client = 'A';
  std::string text;  // bytes to send, JSON, a code, milliseconds or a setting
  int number = 0;    // where it stands in its file
};

// What would make one line of a file say what has happened.
struct transcript_edit {
  enum class kind { replace, erase, insert_before };
  int number = 0;
  kind how = kind::replace;
  std::string text{};
};

struct transcript {
  std::string name;
  std::vector<transcript_line> lines;
};

// Throws std::runtime_error that names the line which cannot be understood.
transcript parse_transcript(std::string name, std::string_view text, int first_line = 1);
// A whole .txt file, or each ```transcript block of an .md file.
std::vector<transcript> read_transcripts(const std::filesystem::path& file);

// How a transcript writes that this client was told this: "B< {...}".
std::string expectation(char client, char mark, std::string_view found);
// The file's text with the edits done; their numbers are those of the lines before.
std::string edited(std::string_view text, const std::vector<transcript_edit>& edits);

// Says how `found` differs from what was expected, empty: it does not.
std::string difference(std::string_view expected_json, std::string_view found_line);

}  // namespace spindrift
