// The session's replies to commands: what each changes in the conversation, and its line.
#include <mutex>
#include <utility>

#include "common/protocol/encode.hpp"
#include "server/session/permission.hpp"
#include "server/session/reply_line.hpp"
#include "server/session/session.hpp"

namespace spindrift {

// Producers of different tokens are different producers, whatever they call themselves: else one could take another's
// name over and read its verdicts. A space stands in no name, so no two pairs look alike.
std::string session::scoped(std::string_view producer_name) const {
  std::string name = identity_ ? identity_->name + ' ' : std::string();
  return name.append(producer_name);
}

void session::reply(const hello_command& asked, const command_id& id, step& out) {
  if (environment_.admission != nullptr) {
    identity_ = environment_.admission->admit(asked.token);
    if (!identity_) return close({error_code::unauthorized, std::string(unauthorized_text), 0, id}, frames_, out);
  }
  if (asked.reset && identity_ && !identity_->may_reset) {
    return complain({error_code::forbidden, "the token does not allow to reset a producer", 0, id}, frames_, out);
  }
  if (named_) {
    const std::lock_guard guard(named_->lock);
    named_->let_go(number_);
  }
  named_.reset();
  newest_seq_ = 0;
  if (!asked.producer.empty()) {
    const std::shared_ptr<producer> wanted = environment_.producers.find_or_create(scoped(asked.producer));
    if (!wanted) {
      return close(
          {error_code::too_many_connections, "the server knows as many producers as it may, all connected", 0, id},
          frames_, out);
    }
    const std::lock_guard guard(wanted->lock);
    if (asked.reset && !environment_.producers.reset(*wanted)) {
      return complain({error_code::storage_full, "the journal cannot be written; the producer was not reset", 0, id},
                      frames_, out);
    }
    named_ = wanted;
    out.supersedes = named_->take_over(number_);
    if (out.supersedes == number_) out.supersedes = 0;
    newest_seq_ = named_->last_seq();
  }
  said_hello_ = true;
  append_welcome(asked.producer, newest_seq_, id, out.replies);
  // The earlier holder is told before anything else is done; and who was let in may send longer frames from the next
  // on.
  out.has_more = out.supersedes != 0 || environment_.admission != nullptr;
}

void session::reply(const subscribe_command& asked, const command_id& id, step& out) {
  for (const std::string& pattern : asked.streams) {
    if (!may_subscribe(identity_.get(), pattern)) {
      return complain({error_code::forbidden, "the token does not allow to subscribe to these streams", 0, id}, frames_,
                      out);
    }
  }
  out.subscribes.emplace(asked.streams, asked.only_events);
  append_bare_reply("subscribed", id, out.replies);
  out.has_more = true;  // the feed begins before the next frame
}

void session::reply(const unsubscribe_command& /*asked*/, const command_id& id, step& out) {
  out.unsubscribes = true;
  append_bare_reply("unsubscribed", id, out.replies);
  out.has_more = true;
}

void session::reply(const ping_command& /*asked*/, const command_id& id, step& out) {
  append_bare_reply("pong", id, out.replies);
}

void session::reply(const stats_command& /*asked*/, const command_id& id, step& out) {
  begin_reply("stats", id, out.replies);
  if (identity_ && !identity_->is_admin) {
    append_own_stats(*identity_, out.replies);
  } else {
    environment_.info.append_stats(out.replies);
  }
  out.replies += "}\n";
}

void session::reply(const streams_command& asked, const command_id& id, step& out) {
  begin_reply("streams", id, out.replies);
  append_key("streams", out.replies);
  out.replies += '[';
  bool is_first = true;
  const auto is_wanted = [&](std::string_view name) {
    return matches(asked.match, name) && may_see(identity_.get(), name);
  };
  for (const stream_summary& shown : environment_.observer.list(is_wanted, asked.limit)) {
    if (!is_first) out.replies += ',';
    is_first = false;
    append_stream(shown, out.replies);
  }
  out.replies += "]}\n";
}

// The history is answered by whoever keeps it, in its own time.
void session::reply(const history_command& asked, const command_id& id, step& out) {
  asked_ = id;
  out.asks = asked;
}

void session::answer_history(std::string_view events, step& out) {
  begin_reply("history", *std::exchange(asked_, std::nullopt), out.replies);
  append_key("events", out.replies);
  out.replies += events;
  out.replies += "}\n";
  out.has_more = true;  // frames may wait behind the command
}

}  // namespace spindrift
