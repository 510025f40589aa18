// Puts a stream's title and unit into the sentences of its notices.
#include "server/engine/event_words.hpp"

#include <utility>

#include "server/events/event_text.hpp"

namespace spindrift {

std::string chosen_title(const stream_profile& of, std::string_view name) {
  return of.rules.title.empty() ? std::string() : of.title_of(name);
}

void add_words(const stream_profile& of, std::string_view name, std::vector<event>& notices) {
  if (notices.empty()) return;
  const std::string head = of.rules.title.empty() ? std::string() : chosen_title(of, name) + ": ";
  for (event& notice : notices) {
    if (notice.is_picture_alone) continue;
    // Behind the sentence stands what is remembered of marks.
    const std::size_t plain = sentence(notice).size();
    std::string text = head + sentence(notice, of.rules.unit);
    if (plain < notice.text.size()) text += notice.text.substr(plain);
    notice.text = std::move(text);
  }
}

}  // namespace spindrift
