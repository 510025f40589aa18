#include "tests/session/little_server.hpp"

#include "common/protocol/encode.hpp"

namespace spindrift::support {

void little_server_info::append_stats(std::string& out) const {
  out += ",\"points\":";
  append_number(read(counts_.points), out);
}

// One event that repeats the question.
void little_server_info::append_history(const history_command& wanted, const identity* who, std::string& out) const {
  out += "[{\"stream\":";
  append_json_string(wanted.streams.front(), out);
  out += ",\"since\":";
  append_number(wanted.since, out);
  out += ",\"limit\":";
  append_number(std::uint64_t{wanted.limit}, out);
  out += ",\"who\":";
  append_json_string(who != nullptr ? who->name : "", out);
  out += "}]";
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
      producers_(settings_.producers_max) {}

session_environment little_server::environment() const {
  session_environment made{engine_, producers_, counts_, facts_};
  made.admission = settings_.needs_token ? &admission : nullptr;
  made.bad_frames_per_s = settings_.bad_frames_per_s;
  return made;
}

little_server::client& little_server::connect() {
  const std::uint64_t number = ++connected_;
  const std::size_t frame_bytes_max =
      settings_.needs_token ? limits::frame_bytes_max_unauthorized : limits::frame_bytes_max;
  auto made = std::make_unique<client>(*this, workspace_, number, frame_bytes_max);
  return *clients_.emplace(number, std::move(made)).first->second;
}

void little_server::disconnect(client& who) {
  clients_.erase(who.number);
}

void little_server::send(client& who, std::string_view bytes, const chunking& chunk) {
  give(who.received, bytes, chunk, [&] { advance(who); });
}

void little_server::finish(client& who) {
  who.received.finish();
  advance(who);
}

void little_server::advance(client& who) {
  step out;
  do {
    if (who.closed) return;
    out.clear();
    workspace_.clear();
    const bool is_whole = who.conversation.gather(who.received);
    if (who.conversation.has_gathered()) engine_.observe(workspace_.points, now);
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
  publish(out);
  who.replies += out.replies;
  if (who.conversation.is_admitted()) who.received.set_frame_bytes_max(limits::frame_bytes_max);
  if (out.unsubscribes) who.waiting.reset();
  if (out.closes) who.closed = out.closes;
  if (out.subscribes) who.waiting.emplace(std::move(*out.subscribes), std::size_t{1} << 20U);
  const auto superseded = clients_.find(out.supersedes);
  if (superseded == clients_.end() || superseded->second->closed) return;
  step last;
  superseded->second->conversation.superseded(last);
  carry_out(*superseded->second, last);
}

void little_server::publish(const step& from) {
  auto made = std::make_shared<published_batch>();
  for (published_line line : from.lines) {
    const auto begin = static_cast<std::uint32_t>(made->bytes.size());
    made->bytes.append(from.replies, line.begin, line.length);
    line.stream_begin = begin + (line.stream_begin - line.begin);
    line.begin = begin;
    made->lines.push_back(line);
  }
  const shared_published_batch shared = std::move(made);
  for (const auto& [number, each] : clients_) {
    if (!each->waiting || each->closed) continue;
    each->waiting->put(shared);
    for (auto piece = each->waiting->take(); !piece.bytes.empty(); piece = each->waiting->take()) {
      each->feed += piece.bytes;
    }
  }
}

}  // namespace spindrift::support
