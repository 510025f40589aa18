// Plays a transcript line by line.
#include "tests/session/rehearsal.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <utility>

#include "common/protocol/error.hpp"

namespace spindrift {

using support::little_server;

rehearsal::rehearsal(const transcript& script, const support::chunking& chunk) : script_(script), chunk_(chunk) {}

std::vector<std::string> rehearsal::play() {
  for (const transcript_line& line : script_.lines) play_line(line);
  flush();
  expect_nothing_more(script_.lines.empty() ? 1 : script_.lines.back().number + 1);
  return complaints_;
}

little_server& rehearsal::server() {
  if (!server_) {
    settings_.needs_token = !tokens_.empty();
    server_ = std::make_unique<little_server>(settings_);
    server_->admission.known = tokens_;
  }
  return *server_;
}

rehearsal::role& rehearsal::role_of(char name) {
  role& who = roles_[name];
  if (who.client == nullptr) who.client = &server().connect();
  return who;
}

void rehearsal::play_line(const transcript_line& line) {
  using kind = transcript_line::kind;
  if (line.what == kind::set) return set(line.text, line.number);
  if (line.what == kind::wait) {
    flush();
    expect_nothing_more(line.number);
    server().now.wall_ms += std::stoll(line.text);
    server().now.steady_ms += std::stoll(line.text);
    server().sweep();
    collect();
    return;
  }
  if (line.what == kind::expect_reply || line.what == kind::expect_feed) {
    flush();
    role& told = roles_[line.client];
    return expect(line, line.what == kind::expect_reply ? told.replies : told.feed);
  }
  role& who = role_of(line.client);
  if (line.what == kind::send) {
    const bool is_going_on = !who.unsent.empty();
    if (!is_going_on) {
      flush();
      expect_nothing_more(line.number);
    }
    who.unsent += line.text;
    return;
  }
  flush();
  if (line.what != kind::closed) expect_nothing_more(line.number);
  if (line.what == kind::end) {
    server().finish(*who.client);
    collect();
  } else if (line.what == kind::gone) {
    server().disconnect(*who.client);
    who.client = nullptr;
  } else if (who.closed != line.text) {
    complain(line.number, "closed: '" + who.closed + "'");
  }
}

// streams_max N | producers_max N | bad_frames_per_s N | token SECRET PUBLISH SUBSCRIBE | journal refuses|takes |
// detectors zscore
void rehearsal::set(const std::string& setting, int number) {
  flush();
  expect_nothing_more(number);
  std::istringstream words(setting);
  std::string name;
  std::string value;
  words >> name >> value;
  if (name == "streams_max") {
    settings_.engine.streams_max = std::stoul(value);
  } else if (name == "producers_max") {
    settings_.producers_max = std::stoul(value);
  } else if (name == "bad_frames_per_s") {
    settings_.bad_frames_per_s = std::stoul(value);
  } else if (name == "token") {
    std::string publish;
    std::string subscribe;
    words >> publish >> subscribe;
    tokens_[value] = std::make_shared<identity>(identity{value, {publish}, {subscribe}});
  } else if (name == "detectors" && value == "zscore") {
    settings_.engine.detectors.adwin_on = settings_.engine.detectors.ensemble_on = false;
  } else if (name == "journal") {
    server().journal.refuses = value == "refuses";
  } else {
    complain(number, "no such setting");
  }
}

void rehearsal::flush() {
  for (auto& [name, who] : roles_) {
    if (who.unsent.empty()) continue;
    server().send(*who.client, who.unsent, chunk_);
    who.unsent.clear();
  }
  collect();
}

// How often points are acknowledged depends on how their bytes arrived; what the last word says does not.
void rehearsal::keep_last_ack(std::deque<std::string>& replies) {
  const auto is_ack = [](const std::string& line) { return line.starts_with(R"({"type":"ack")"); };
  const auto last = std::find_if(replies.rbegin(), replies.rend(), is_ack);
  if (last == replies.rend()) return;
  const std::string newest = *last;
  const auto behind = static_cast<std::size_t>(last - replies.rbegin());
  std::erase_if(replies, is_ack);
  replies.insert(replies.end() - static_cast<std::ptrdiff_t>(behind), newest);
}

// Takes what the clients were told, which does not outlive them.
void rehearsal::collect() {
  const auto take_lines = [](std::string& from, std::deque<std::string>& to) {
    std::istringstream lines(from);
    for (std::string line; std::getline(lines, line);) to.push_back(line);
    from.clear();
  };
  for (auto& [name, who] : roles_) {
    if (who.client == nullptr) continue;
    take_lines(who.client->replies, who.replies);
    keep_last_ack(who.replies);
    take_lines(who.client->feed, who.feed);
    who.closed = who.client->closed ? std::string(name_of(*who.client->closed)) : "";
  }
}

void rehearsal::expect(const transcript_line& line, std::deque<std::string>& came) {
  const bool is_feed = line.what == transcript_line::kind::expect_feed;
  if (came.empty()) {
    complain(line.number, std::string("no such ") + (is_feed ? "feed" : "reply") + " has come");
    edits_.push_back({line.number, transcript_edit::kind::erase, {}});
    return;
  }
  const std::string found = std::move(came.front());
  came.pop_front();
  const std::string wrong = difference(line.text, found);
  if (wrong.empty()) return;
  complain(line.number, (is_feed ? "feed: " : "reply: ") + wrong + "\n    " + found);
  edits_.push_back({line.number, transcript_edit::kind::replace, expectation(line.client, is_feed ? '~' : '<', found)});
}

void rehearsal::expect_nothing_more(int number) {
  for (auto& [name, who] : roles_) {
    refuse_rest(name, '<', who.replies, number);
    refuse_rest(name, '~', who.feed, number);
  }
}

void rehearsal::refuse_rest(char name, char mark, std::deque<std::string>& came, int number) {
  for (const std::string& line : came) {
    complain(number, "before this line came what nobody expected: " + expectation(name, mark, line));
    edits_.push_back({number, transcript_edit::kind::insert_before, expectation(name, mark, line)});
  }
  came.clear();
}

void rehearsal::complain(int number, const std::string& complaint) {
  complaints_.push_back(script_.name + ":" + std::to_string(number) + ": " + complaint);
}

}  // namespace spindrift
