// The session's replies to commands: what each changes in the conversation, and its line.
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "common/model/pattern.hpp"
#include "common/protocol/encode.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/recent_points.hpp"
#include "server/engine/stream_listing.hpp"
#include "server/engine/stream_table.hpp"
#include "server/feed/subscribed_lines.hpp"
#include "server/session/permission.hpp"
#include "server/session/reply_line.hpp"
#include "server/session/session.hpp"

namespace spindrift {
struct session::command_replies {
  session& self;
  const command_id& id;
  step& out;

  void operator()(const hello_command& asked) const;
  void operator()(const subscribe_command& asked) const;
  void operator()(const unsubscribe_command& asked) const;
  void operator()(const ping_command& asked) const;
  void operator()(const stats_command& asked) const;
  void operator()(const streams_command& asked) const;
  void operator()(const recent_command& asked) const;
  void operator()(const history_command& asked) const;
  void operator()(const explain_command& asked) const;
  void operator()(const mark_command& asked) const;
  void operator()(const learn_command& asked) const;

  void ask(const question& asked, std::string_view answered_as) const;
  std::string scoped(std::string_view producer_name) const;
  void begin_reply(std::string_view type) const { spindrift::begin_reply(type, id, out.replies); }
  void complain(error_code code, std::string_view message) const {
    self.complain({code, std::string(message), 0, id}, self.frames_, out);
  }
  void close(error_code code, std::string_view message) const {
    self.close({code, std::string(message), 0, id}, self.frames_, out);
  }
};

namespace {

bool needs_connection(const command& ordered) {
  const auto* const hello = std::get_if<hello_command>(&ordered);
  return (hello != nullptr && !hello->producer.empty()) || std::holds_alternative<subscribe_command>(ordered) ||
         std::holds_alternative<unsubscribe_command>(ordered) || std::holds_alternative<streams_command>(ordered) ||
         std::holds_alternative<history_command>(ordered);
}

}  // namespace

void session::take_command(const command_frame& ordered, step& out) {
  if (environment_.is_one_way && needs_connection(ordered.order)) {
    return close({error_code::bad_frame, "this needs a connection; here only points are taken", 0, ordered.id}, frames_,
                 out);
  }
  acknowledge(out);  // replies come in the order of the frames
  std::visit(command_replies{*this, ordered.id, out}, ordered.order);
}

// Producers of different tokens are different producers, whatever they call themselves: else one could take another's
// name over and read its verdicts. A space stands in no name, so no two pairs look alike.
std::string session::command_replies::scoped(std::string_view producer_name) const {
  std::string name = self.identity_ ? self.identity_->name + ' ' : std::string();
  return name.append(producer_name);
}

void session::command_replies::operator()(const hello_command& asked) const {
  if (self.environment_.admission != nullptr) {
    self.identity_ = self.environment_.admission->admit(asked.token);
    if (!self.identity_) return close(error_code::unauthorized, unauthorized_text);
  }
  if (asked.reset && self.identity_ && !self.identity_->may_reset) {
    return complain(error_code::forbidden, "the token does not allow to reset a producer");
  }
  if (self.named_) {
    const std::lock_guard guard(self.named_->lock);
    self.named_->let_go(self.number_);
  }
  self.named_.reset();
  self.newest_seq_ = 0;
  if (!asked.producer.empty()) {
    const std::shared_ptr<producer> wanted = self.environment_.producers.find_or_create(scoped(asked.producer));
    if (!wanted) {
      return close(error_code::too_many_connections, "the server knows as many producers as it may, all connected");
    }
    const std::lock_guard guard(wanted->lock);
    if (asked.reset && !self.environment_.producers.reset(*wanted)) {
      return complain(error_code::storage_full, "the journal cannot be written; the producer was not reset");
    }
    self.named_ = wanted;
    out.supersedes = self.named_->take_over(self.number_);
    if (out.supersedes == self.number_) out.supersedes = 0;
    self.newest_seq_ = self.named_->last_seq();
  }
  self.said_hello_ = true;
  self.replies_ = asked.replies.value_or(reply_choice::all);
  self.acknowledges_ = self.replies_ != reply_choice::all;
  self.taken_ = {};
  append_welcome(asked, self.newest_seq_, id, out.replies);
  // The earlier holder is told before anything else is done; and who was let in may send longer frames from the next
  // on.
  out.has_more = out.supersedes != 0 || self.environment_.admission != nullptr;
}

void session::command_replies::operator()(const subscribe_command& asked) const {
  for (const std::string& pattern : asked.streams) {
    if (!may_subscribe(self.identity_.get(), pattern)) {
      return complain(error_code::forbidden, "the token does not allow to subscribe to these streams");
    }
  }
  out.subscribes.emplace(asked.streams, subscribed_lines(asked.only, asked.updates), asked.every_ms);
  append_bare_reply("subscribed", id, out.replies);
  out.has_more = true;  // the feed begins before the next frame
}

void session::command_replies::operator()(const unsubscribe_command& /*asked*/) const {
  out.unsubscribes = true;
  append_bare_reply("unsubscribed", id, out.replies);
  out.has_more = true;
}

void session::command_replies::operator()(const ping_command& /*asked*/) const {
  append_bare_reply("pong", id, out.replies);
}

void session::command_replies::operator()(const stats_command& /*asked*/) const {
  begin_reply("stats");
  if (self.identity_ && !self.identity_->is_admin) {
    append_own_stats(*self.identity_, out.replies);
  } else {
    self.environment_.info.append_stats(out.replies);
  }
  out.replies += "}\n";
}

void session::command_replies::operator()(const streams_command& asked) const {
  self.asked_ = id;
  self.listing_ = std::make_unique<stream_listing>(
      self.environment_.observer.streams(),
      [wanted = pattern(asked.match), who = self.identity_](std::string_view name) {
        return wanted.takes(name) && may_see(who.get(), name);
      },
      asked.limit);
  out.has_more = true;
}

// A slice each time the connection has its turn; the frames behind wait for the whole reply, and for the next turn.
void session::go_on_listing(moment now, step& out) {
  out.has_more = true;
  const std::size_t budget = workspace_.listings.left(now.steady_ms);
  std::size_t left = budget;
  const bool is_done = budget > 0 && listing_->advance(left);
  if (!is_done) {
    if (budget > 0) workspace_.listings.spend(budget - left);
    out.pause = workspace_.listings.wait();
    return;
  }
  begin_reply("streams", *std::exchange(asked_, std::nullopt), out.replies);
  append_key("streams", out.replies);
  out.replies += '[';
  bool is_first = true;
  const std::vector<stream_summary> found = std::exchange(listing_, nullptr)->take();
  workspace_.listings.spend(budget - left + found.size());  // a line costs as much as a look
  for (const stream_summary& shown : found) {
    if (!std::exchange(is_first, false)) out.replies += ',';
    append_stream(shown, out.replies);
  }
  out.replies += "]}\n";
}

// From the ring that the pictures of events are made of: no journal is read for it.
void session::command_replies::operator()(const recent_command& asked) const {
  if (!may_see(self.identity_.get(), asked.stream)) {
    return complain(error_code::forbidden, "the token does not allow to see this stream");
  }
  const auto found = find_recent_points(self.environment_.observer.streams(), asked.stream, asked.points);
  if (!found) return complain(error_code::not_found, "no such stream is known");
  begin_reply("recent");
  append_key("stream", out.replies);
  append_json_string(asked.stream, out.replies);
  append_recent(*found, out.replies);
  out.replies += "}\n";
}

// What the history knows is answered by whoever keeps it, in its own time.
void session::command_replies::operator()(const history_command& asked) const {
  ask(asked, "history");
}

void session::command_replies::operator()(const explain_command& asked) const {
  if (!may_see(self.identity_.get(), asked.stream)) {
    return complain(error_code::forbidden, "the token does not allow to see this stream");
  }
  ask(asked, "explanation");
}

void session::command_replies::operator()(const mark_command& asked) const {
  const identity* const who = self.identity_.get();
  if (!may_see(who, asked.stream) || (who != nullptr && !who->may_mark)) {
    return complain(error_code::forbidden, "the token does not allow to mark events of this stream");
  }
  ask(asked, "marked");
}

void session::command_replies::operator()(const learn_command& asked) const {
  self.learns_ = asked.is_on;
  begin_reply("learning");
  out.replies += asked.is_on ? ",\"on\":true}\n" : ",\"on\":false}\n";
}

void session::command_replies::ask(const question& asked, std::string_view answered_as) const {
  self.asked_ = id;
  self.answers_as_ = answered_as;
  out.asks = asked;
}

void session::take_answer(const desk_answer& given, step& out) {
  const command_id id = *std::exchange(asked_, std::nullopt);
  out.has_more = true;  // frames may wait behind the command
  if (given.refused) return complain({*given.refused, given.text, 0, id}, frames_, out);
  begin_reply(answers_as_, id, out.replies);
  out.replies += given.text;
  out.replies += "}\n";
}

}  // namespace spindrift
