// The command half of the session: one reply a command, carrying the command's id where it had one.
#include <mutex>
#include <utility>
#include <variant>

#include "common/model/glob.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/limits.hpp"
#include "server/session/session.hpp"
#include "server/session/version.hpp"

namespace spindrift {
namespace {

void begin_reply(std::string_view type, const command_id& id, std::string& out) {
  out += R"({"type":")";
  out += type;
  out += '"';
  if (!id.empty()) {
    out += ",\"id\":";
    out += id;
  }
}

void append_key(std::string_view key, std::string& out) {
  out += ",\"";
  out += key;
  out += "\":";
}

void append_stream(const stream_summary& what, std::string& out) {
  out += R"({"stream":)";
  append_json_string(what.name, out);
  append_key("n", out);
  append_number(what.n, out);
  append_key("last", out);
  append_number(what.last, out);
  append_key("mean", out);
  append_number(what.mean, out);
  append_key("ts", out);
  append_number(what.last_ts, out);
  append_key("features", out);
  append_number(std::uint64_t{what.features}, out);
  out += '}';
}

bool may_see(const identity* who, std::string_view stream) {
  if (who == nullptr) return true;
  for (const std::string& pattern : who->subscribe) {
    if (matches(pattern, stream)) return true;
  }
  return false;
}

bool may_subscribe(const identity* who, std::string_view wanted) {
  if (who == nullptr) return true;
  for (const std::string& pattern : who->subscribe) {
    if (covers(pattern, wanted)) return true;
  }
  return false;
}

}  // namespace

void session::take_command(const command_frame& what, step& out) {
  std::visit([&](const auto& each) { reply(each, what.id, out); }, what.what);
}

// Producers of different tokens are different producers, whatever they call themselves: else one could take another's
// name over and read its verdicts. A space stands in no name, so no two pairs look alike.
std::string session::scoped(std::string_view producer_name) const {
  std::string name = identity_ ? identity_->name + ' ' : std::string();
  return name.append(producer_name);
}

void session::reply(const hello_command& what, const command_id& id, step& out) {
  if (environment_.admission != nullptr) {
    identity_ = environment_.admission->admit(what.token);
    if (!identity_) return close({error_code::unauthorized, std::string(unauthorized_text), 0, id}, frames_, out);
  }
  if (named_) {
    const std::lock_guard guard(named_->lock);
    named_->let_go(number_);
  }
  named_.reset();
  newest_seq_ = 0;
  if (!what.producer.empty()) {
    named_ = environment_.producers.find_or_create(scoped(what.producer));
    if (!named_) {
      return close(
          {error_code::too_many_connections, "the server knows as many producers as it may, all connected", 0, id},
          frames_, out);
    }
    const std::lock_guard guard(named_->lock);
    out.supersedes = named_->take_over(number_);
    if (out.supersedes == number_) out.supersedes = 0;
    newest_seq_ = named_->last_seq();
  }
  said_hello_ = true;
  begin_reply("welcome", id, out.replies);
  append_key("version", out.replies);
  append_number(std::int64_t{limits::protocol_version}, out.replies);
  append_key("server", out.replies);
  append_json_string(server_name, out.replies);
  if (named_) {
    append_key("producer", out.replies);
    append_json_string(what.producer, out.replies);
  }
  append_key("last_seq", out.replies);
  append_number(newest_seq_, out.replies);
  append_key("in_flight_max", out.replies);
  append_number(std::uint64_t{limits::in_flight_max}, out.replies);
  out.replies += "}\n";
  // The earlier holder is told before anything else is done; and who was let in may send longer frames from the next
  // on.
  out.has_more = out.supersedes != 0 || environment_.admission != nullptr;
}

void session::reply(const subscribe_command& what, const command_id& id, step& out) {
  for (const std::string& pattern : what.streams) {
    if (!may_subscribe(identity_.get(), pattern)) {
      return complain({error_code::forbidden, "the token does not allow to subscribe to these streams", 0, id}, frames_,
                      out);
    }
  }
  out.subscribes.emplace(what.streams, what.only_events);
  begin_reply("subscribed", id, out.replies);
  out.replies += "}\n";
  out.has_more = true;  // the feed begins before the next frame
}

void session::reply(const unsubscribe_command& /*what*/, const command_id& id, step& out) {
  out.unsubscribes = true;
  begin_reply("unsubscribed", id, out.replies);
  out.replies += "}\n";
  out.has_more = true;
}

void session::reply(const ping_command& /*what*/, const command_id& id, step& out) {
  begin_reply("pong", id, out.replies);
  out.replies += "}\n";
}

void session::reply(const stats_command& /*what*/, const command_id& id, step& out) {
  begin_reply("stats", id, out.replies);
  environment_.info.append_stats(out.replies);
  out.replies += "}\n";
}

void session::reply(const streams_command& what, const command_id& id, step& out) {
  begin_reply("streams", id, out.replies);
  append_key("streams", out.replies);
  out.replies += '[';
  bool is_first = true;
  const auto is_wanted = [&](std::string_view name) {
    return matches(what.match, name) && may_see(identity_.get(), name);
  };
  for (const stream_summary& each : environment_.observer.list(is_wanted, what.limit)) {
    if (!is_first) out.replies += ',';
    is_first = false;
    append_stream(each, out.replies);
  }
  out.replies += "]}\n";
}

void session::reply(const history_command& what, const command_id& id, step& out) {
  begin_reply("history", id, out.replies);
  append_key("events", out.replies);
  environment_.info.append_history(what, identity_.get(), out.replies);
  out.replies += "}\n";
}

}  // namespace spindrift
