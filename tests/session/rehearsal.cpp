#include "tests/session/rehearsal.hpp"

#include <algorithm>
#include <sstream>

#include "common/protocol/error.hpp"

namespace spindrift {

using support::little_server;

rehearsal::rehearsal(const transcript& script, const support::chunking& chunk) : script_(script), chunk_(chunk) {}

std::vector<std::string> rehearsal::play() {
  for (const transcript_line& line : script_.lines) play_line(line);
  flush();
  for (auto& [name, who] : roles_) {
    collect(who);
    compare(who.replies, who.expected_replies, "reply");
    compare(who.feed, who.expected_feed, "feed");
  }
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
    server().now.wall_ms += std::stoll(line.text);
    server().now.steady_ms += std::stoll(line.text);
    return;
  }
  if (line.what == kind::expect_reply) return roles_[line.client].expected_replies.push_back(&line);
  if (line.what == kind::expect_feed) return roles_[line.client].expected_feed.push_back(&line);
  role& who = role_of(line.client);
  if (line.what == kind::send) {
    const bool is_going_on = !who.unsent.empty();
    if (!is_going_on) flush();
    who.unsent += line.text;
    return;
  }
  flush();
  collect(who);
  if (line.what == kind::end) {
    server().finish(*who.client);
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
}

// Takes what the client was told, which does not outlive it.
void rehearsal::collect(role& who) {
  if (who.client == nullptr) return;
  who.replies += who.client->replies;
  who.feed += who.client->feed;
  who.client->replies.clear();
  who.client->feed.clear();
  who.closed = who.client->closed ? std::string(name_of(*who.client->closed)) : "";
}

void rehearsal::compare(const std::string& lines, const std::vector<const transcript_line*>& expected,
                        const char* what) {
  std::istringstream found(lines);
  std::string line;
  std::size_t at = 0;
  for (; std::getline(found, line); ++at) {
    const int number = at < expected.size() ? expected[at]->number : 0;
    const std::string wrong = at < expected.size() ? difference(expected[at]->text, line) : "nothing was expected";
    if (!wrong.empty()) complain(number, std::string(what) + ": " + wrong + "\n    " + line);
  }
  for (; at < expected.size(); ++at) complain(expected[at]->number, std::string("no such ") + what + " came");
}

void rehearsal::complain(int number, const std::string& what) {
  complaints_.push_back(script_.name + ":" + std::to_string(number) + ": " + what);
}

}  // namespace spindrift
