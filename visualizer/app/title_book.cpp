// Asks for titles and units a few at a time, and enters them into the board.
#include "visualizer/app/title_book.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/protocol/json_value.hpp"

namespace spindrift {
namespace {

std::string text_of(const nlohmann::json& reply, const char* key) {
  const auto at = reply.find(key);
  if (at == reply.end() || !at->is_string()) return {};
  auto text = at->get<std::string>();
  return text.size() > title_book::text_bytes_max ? std::string() : text;
}

}  // namespace

std::optional<stream_words> words_of(const std::string& reply) {
  const auto said = read_json(reply);
  if (!said.is_object() || text_of(said, "type") != "recent") return std::nullopt;
  return stream_words{text_of(said, "title"), text_of(said, "unit")};
}

title_book::title_book(stream_board& board, asker ask) : board_(board), ask_(std::move(ask)) {}

void title_book::begin_anew() {
  asked_ms_.clear();
  next_ = 0;
}

void title_book::tick(const std::vector<std::string>& in_view, std::int64_t now_ms,
                      const std::function<void()>& changed) {
  if (waiting_ > 0) return;
  std::unordered_map<std::string, std::int64_t> asked_ms;
  for (const std::string& stream : in_view) {
    const auto known = asked_ms_.find(stream);
    const bool is_due = known == asked_ms_.end() || now_ms - known->second >= view_ms;
    if (is_due && waiting_ == asked_max) continue;
    asked_ms.emplace(stream, is_due ? now_ms : known->second);
    if (is_due && board_.stream_named(stream) != nullptr) ask_for(stream, changed);
  }
  asked_ms_ = std::move(asked_ms);
  if (next_ == 0) round_began_ms_ = now_ms;
  for (; waiting_ < asked_max && next_ < board_.stream_count(); ++next_) {
    const std::string& stream = board_.stream_at(next_).name;
    if (!asked_ms_.contains(stream)) ask_for(stream, changed);
  }
  if (next_ == board_.stream_count() && now_ms - round_began_ms_ >= round_ms) next_ = 0;
}

void title_book::ask_for(const std::string& stream, const std::function<void()>& changed) {
  ++waiting_;
  ask_(recent_command{stream, 1}, [this, stream, changed](const std::optional<std::string>& reply) {
    --waiting_;
    const auto words = words_of(reply.value_or(""));
    if (words && board_.entitle(stream, words->title, words->unit)) changed();
  });
}

}  // namespace spindrift
