// Plays a transcript against a server without sockets, the bytes of each client cut as asked, and says what was other
// than written down. Bytes that a client sends without anything in between arrive as one text before they are cut.
//
// Every expected line is compared where it stands: the next reply must have come by then, and whatever came must have
// been expected before anybody sends again, time passes or somebody leaves. One thread at a time.
#pragma once

#include <deque>
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
  // After play(): what would make the transcript say what has happened.
  const std::vector<transcript_edit>& edits() const { return edits_; }

private:
  struct role {
    support::little_server::client* client = nullptr;
    std::string unsent;
    std::deque<std::string> replies;  // lines that came and were not expected yet
    std::deque<std::string> feed;
    std::string closed;
  };

  support::little_server& server();
  role& role_of(char name);
  void play_line(const transcript_line& line);
  void set(const std::string& setting, int number);
  void flush();
  void collect();
  static void keep_last_ack(std::deque<std::string>& replies);
  void expect(const transcript_line& line, std::deque<std::string>& came);
  // Nothing that came may be left over when line `number` begins.
  void expect_nothing_more(int number);
  void refuse_rest(char name, char mark, std::deque<std::string>& came, int number);
  void complain(int number, const std::string& complaint);

  const transcript& script_;
  const support::chunking& chunk_;
  support::little_server::settings settings_;
  std::unique_ptr<support::little_server> server_;
  std::map<std::string, std::shared_ptr<const identity>, std::less<>> tokens_;
  std::map<char, role> roles_;
  std::vector<std::string> complaints_;
  std::vector<transcript_edit> edits_;
};

}  // namespace spindrift
