// Plays a transcript against a server without sockets, the bytes of each client cut as asked, and says what was other
// than written down. Bytes that a client sends without anything in between arrive as one text before they are cut.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/session/little_server.hpp"
#include "tests/session/transcript.hpp"

namespace spindrift {

class rehearsal {
public:
  // Both outlive the rehearsal.
  rehearsal(const transcript& script, const support::chunking& chunk);

  // Every complaint names the transcript's line; empty: all went as written.
  std::vector<std::string> play();

private:
  struct role {
    support::little_server::client* client = nullptr;
    std::string unsent;
    std::string replies;  // of clients that are gone as well
    std::string feed;
    std::string closed;
    std::vector<const transcript_line*> expected_replies;
    std::vector<const transcript_line*> expected_feed;
  };

  support::little_server& server();
  role& role_of(char name);
  void play_line(const transcript_line& line);
  void set(const std::string& setting, int number);
  void flush();
  void collect(role& who);
  void compare(const std::string& lines, const std::vector<const transcript_line*>& expected, const char* what);
  void complain(int number, const std::string& what);

  const transcript& script_;
  const support::chunking& chunk_;
  support::little_server::settings settings_;
  std::unique_ptr<support::little_server> server_;
  std::map<std::string, std::shared_ptr<const identity>, std::less<>> tokens_;
  std::map<char, role> roles_;
  std::vector<std::string> complaints_;
};

}  // namespace spindrift
