// Lines of topics become published batches, rows of the history and notices.
#include "server/app/outside_intake.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "common/protocol/inbox.hpp"
#include "common/protocol/json_value.hpp"
#include "common/protocol/reply.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/alerts/alert_sink.hpp"
#include "server/pipeline/intake.hpp"
#include "server/sinks/history_sink.hpp"
#include "server/store/history.hpp"

namespace spindrift {
namespace {

template <class Call>
void for_each_line(std::string_view text, Call call) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) call(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_event_line(std::string_view line) {
  return line.starts_with(R"({"type":"event")");
}

template <class Number>
std::optional<Number> number_at(const nlohmann::json& from, const char* key) {
  const auto found = from.find(key);
  if (found == from.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<Number>();
}

std::string_view text_at(const nlohmann::json& from, const char* key) {
  const auto found = from.find(key);
  if (found == from.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

std::optional<event_state> state_named(std::string_view name) {
  for (const event_state one : {event_state::open, event_state::update, event_state::closed}) {
    if (name_of(one) == name) return one;
  }
  return std::nullopt;
}

// As much of it as history and alerts look at; the rest is in the line.
std::optional<event> event_of(const nlohmann::json& from) {
  const auto number = number_at<std::uint64_t>(from, "event");
  const auto told = number_at<std::int64_t>(from, "told");
  const auto severity = number_at<int>(from, "severity");
  const auto state = state_named(text_at(from, "state"));
  const auto kind = event_kind_named(text_at(from, "kind"));
  if (!number || !told || !severity || !state || !kind || text_at(from, "stream").empty()) return std::nullopt;
  event made;
  made.number = *number;
  made.told = *told;
  made.told_n = number_at<std::uint64_t>(from, "told_n").value_or(0);
  made.severity = *severity;
  made.state = *state;
  made.kind = *kind;
  made.to_n = number_at<std::uint64_t>(from, "to_n");
  return made;
}

}  // namespace

outside_intake::outside_intake(ways to) : to_(std::move(to)), reader_(std::make_unique<reply_reader>()) {}

outside_intake::~outside_intake() = default;

bool outside_intake::has_subscribers() {
  const std::uint64_t version = to_.subscriptions.version();
  if (version != version_) {
    version_ = version;
    has_subscribers_ = to_.subscriptions.size() > 0;
  }
  return has_subscribers_;
}

void outside_intake::take_verdicts(std::string_view lines) {
  if (!has_subscribers()) return;
  for_each_line(lines, [this](std::string_view line) { take_verdict(line); });
}

void outside_intake::take_events(std::string_view lines, bool has_marked) {
  for_each_line(lines, [&](std::string_view line) {
    if (is_event_line(line)) return take_event(line);
    if (has_marked && has_subscribers()) take_verdict(line);
  });
}

void outside_intake::take_verdict(std::string_view line) {
  padded_.assign(line);
  padded_.append(inbox::padding_bytes, '\0');
  const reply read = reader_->read(std::string_view(padded_).substr(0, line.size()));
  const auto* const judged = std::get_if<verdict>(&read);
  if (judged == nullptr || !add_line(line, judged->subject.stream, class_of(*judged))) return count_unreadable();
  verdicts_.fetch_add(1, std::memory_order_relaxed);
}

void outside_intake::take_event(std::string_view line) {
  const nlohmann::json read = read_json(line);
  const auto told = read.is_object() ? event_of(read) : std::nullopt;
  if (!told) return count_unreadable();
  const std::string_view stream = text_at(read, "stream");
  if (has_subscribers()) add_line(line, stream, class_of(*told));
  to_.kept.record(history_event_of(*told, stream, line));
  if (to_.alerts.is_listening()) to_.alerts.offer(notice_of(*told, stream, line));
  ++rows_;
  events_.fetch_add(1, std::memory_order_relaxed);
}

// False: the stream's name does not stand there as the workers write it.
bool outside_intake::add_line(std::string_view line, std::string_view stream, line_class kind) {
  constexpr std::string_view key = R"("stream":")";
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos || stream.empty()) return false;
  const std::size_t name = at + key.size();
  if (line.substr(name, stream.size()) != stream) return false;
  if (batch_ == nullptr) batch_ = std::make_shared<published_batch>();
  published_line& added = batch_->lines.emplace_back();
  added.begin = static_cast<std::uint32_t>(batch_->bytes.size());
  added.length = static_cast<std::uint32_t>(line.size() + 1);
  added.stream_begin = static_cast<std::uint32_t>(batch_->bytes.size() + name);
  added.stream_length = static_cast<std::uint32_t>(stream.size());
  added.stream_hash = to_.hash_of(stream);
  added.kind = kind;
  batch_->classes = batch_->classes | kind;
  batch_->bytes.append(line) += '\n';
  if (batch_->lines.size() >= batch_lines) publish();
  return true;
}

void outside_intake::publish() {
  if (batch_ == nullptr) return;
  const shared_published_batch made = std::exchange(batch_, nullptr);
  for (feed_port* const port : to_.ports) port->post_batch(made);
}

storage_status outside_intake::keep() {
  storage_status kept = to_.alerts.flush();
  // Behind the alerts: a budget's marks are rows of the history as well.
  if (kept.ok()) kept = to_.kept.flush(true);
  if (kept.ok()) rows_ = 0;
  return kept;
}

outside_intake::figures outside_intake::now() const {
  return {verdicts_.load(std::memory_order_relaxed), events_.load(std::memory_order_relaxed),
          unreadable_.load(std::memory_order_relaxed), lag_.load(std::memory_order_relaxed)};
}

}  // namespace spindrift
