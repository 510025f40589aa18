// A server without sockets that does at once what sessions ask for.
#include "tests/session/little_server.hpp"

#include <utility>

#include "common/model/limit.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/frame_limits.hpp"
#include "server/engine/outcome.hpp"

namespace spindrift::support {

namespace {

// One event that repeats the question.
std::string history_of(const history_command& asked, const identity* who) {
  std::string out = "[{\"stream\":";
  append_json_string(asked.streams.front(), out);
  out += ",\"since\":";
  append_number(asked.since, out);
  out += ",\"limit\":";
  append_number(std::uint64_t{asked.limit}, out);
  out += ",\"who\":";
  append_json_string(who != nullptr ? who->name : "", out);
  return out += "}]";
}

// Event 1 of every stream is known.
desk_answer answer_to(const question& asked, const identity* who) {
  if (const auto* const wanted = std::get_if<history_command>(&asked)) {
    return {std::nullopt, ",\"events\":" + history_of(*wanted, who)};
  }
  const auto* const marked = std::get_if<mark_command>(&asked);
  const std::uint64_t event = marked != nullptr ? marked->event : std::get<explain_command>(asked).event;
  if (event != 1) return {error_code::not_found, "no such event"};
  if (marked == nullptr) return {std::nullopt, ",\"event\":1,\"evidence\":{},\"context\":{}"};
  return {std::nullopt, marked->is_expected ? ",\"event\":1,\"as\":\"expected\"" : ",\"event\":1,\"as\":\"real\""};
}

}  // namespace

void little_server_info::append_stats(std::string& out) const {
  out += ",\"points\":";
  append_number(read(counts_.points), out);
}

std::shared_ptr<const identity> little_authenticator::admit(std::string_view token) const {
  const auto found = known.find(token);
  return found != known.end() ? found->second : nullptr;
}

bool little_journal::append(const batch& what) {
  if (refuses) return false;
  for (std::size_t i = 0; i < what.points.size(); ++i) {
    if (what.streams[i] == nullptr) continue;
    if (what.sender != nullptr) entries += what.sender->name();
    entries.append(" ").append(what.points[i].stream).append(" ");
    append_number(what.outcomes[i].what.n, entries);
    entries += '\n';
  }
  return true;
}

little_server::little_server(const settings& chosen)
    : settings_(chosen),
      facts_(counts_),
      engine_(settings_.engine, counts_, &journal),
      producers_(settings_.producers_max),
      hub_(subscriptions_, 0),
      feed_(hub_, no_ports_),
      pipeline_(engine_),
      workspace_(pipeline_) {
  pipeline_.add_sink(feed_);
}

session_environment little_server::environment() const {
  session_environment made{engine_, producers_, counts_, facts_};
  made.formats.json_only = settings_.json_only;
  made.admission = settings_.needs_token ? &admission : nullptr;
  made.bad_frames_per_s = settings_.bad_frames_per_s;
  return made;
}

little_server::client& little_server::connect() {
  const std::uint64_t number = ++connected_;
  const std::size_t frame_bytes_max =
      settings_.needs_token ? limits::frame_bytes_max_unauthorized : model::frame_bytes_max;
  auto made = std::make_unique<client>(*this, workspace_, number, frame_bytes_max);
  return *clients_.emplace(number, std::move(made)).first->second;
}

void little_server::disconnect(client& who) {
  unsubscribe(who);
  clients_.erase(who.number);
}

void little_server::send(client& who, std::string_view bytes, const chunking& chunk) {
  give(who.received, bytes, chunk, [&] { advance(who); });
}

void little_server::finish(client& who) {
  who.received.finish();
  advance(who);
}

void little_server::sweep() {
  for (auto& [number, who] : clients_) {
    step out;
    workspace_.clear();
    if (!who->closed && who->conversation.wait(who->received, now, out)) carry_out(*who, out);
  }
}

void little_server::advance(client& who) {
  step out;
  do {
    if (who.closed) return;
    out.clear();
    workspace_.clear();
    const bool is_whole = who.conversation.gather(who.received);
    if (who.conversation.has_gathered()) {
      pipeline_.ingest(workspace_.taken, now);
      pipeline_.publish(workspace_.taken);
    }
    if (is_whole) {
      who.conversation.answer_gathered(out);
    } else {
      who.conversation.advance(who.received, now, out);
    }
    carry_out(who, out);
    now.steady_ms += out.pause.count();  // the client is made to wait; nobody else is here to notice
  } while (out.has_more);
}

void little_server::carry_out(client& who, step& out) {
  who.replies += out.replies;
  if (who.conversation.is_admitted()) who.received.set_frame_bytes_max(model::frame_bytes_max);
  if (out.unsubscribes) unsubscribe(who);
  if (out.closes) who.closed = out.closes;
  if (out.closes) unsubscribe(who);
  if (out.subscribes) {
    unsubscribe(who);
    who.waiting.emplace(std::size_t{1} << 20U);
    who.subscription = hub_.subscribe(std::move(*out.subscribes), *who.waiting, who);
  }
  if (out.asks) {
    const question asked = *out.asks;
    out.replies.clear();
    who.conversation.take_answer(answer_to(asked, who.conversation.who().get()), out);
    who.replies += out.replies;
  }
  const auto superseded = clients_.find(out.supersedes);
  if (superseded == clients_.end() || superseded->second->closed) return;
  step last;
  superseded->second->conversation.superseded(last);
  carry_out(*superseded->second, last);
}

void little_server::unsubscribe(client& who) {
  if (who.subscription != 0) hub_.unsubscribe(std::exchange(who.subscription, 0));
}

}  // namespace spindrift::support
