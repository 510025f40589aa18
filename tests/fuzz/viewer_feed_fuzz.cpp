// Any bytes as what a server sends to a viewer: the reader survives them; what comes of them draws a script in which no
// name begins a command, events for the page that are valid JSON within their limit, and lines that are one line.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "common/model/verdict.hpp"
#include "common/protocol/inbox.hpp"
#include "tests/fuzz/require.hpp"
#include "visualizer/app/notice.hpp"
#include "visualizer/plot/script.hpp"
#include "visualizer/subscription/feed_reader.hpp"
#include "visualizer/web/feed.hpp"

namespace spindrift {
namespace {

using fuzz::require;

void check_notice(const std::string& line) {
  if (line.empty()) return;
  require(line.size() <= 4'096 && line.find('\n') == line.size() - 1, "a notice is no line", line);
  require(line.find('\x1b') == std::string::npos, "a notice commands a terminal", line);
}

void hear(const feed_item& item, gallery& shown) {
  if (const auto* const point = std::get_if<judged_point>(&item)) {
    require(point->bands.empty() || point->bands.size() == point->judged->subject.values.size(), "a band too few");
    shown.add(*point->judged, point->bands);
  }
  if (const auto* const told = std::get_if<stream_event>(&item)) {
    require(told->text.size() <= stream_event::text_bytes_max, "a text is too long");
    check_notice(notice_of(*told));
    shown.add(*told);
  }
}

// Every name in the list as well.
scene listed(const gallery& shown) {
  scene made;
  made.shown = shown;
  for (const series& panel : shown.panels()) {
    made.rows.emplace_back();
    made.rows.back().name = panel.stream();
    made.rows.back().kind = panel.feature();
  }
  made.has_widths = true;
  return made;
}

// Texts stand between single quotes, where gnuplot expands nothing; outside of them all is ours.
void check_script(const std::string& script) {
  for (const char* const command : {"\nsystem", "\n!", "\nload", "\nshell", "\nexit"})
    require(script.find(command) == std::string::npos, "a script commands what it should not", script);
  bool is_quoted = false;
  for (const char c : script) {
    if (c == '\'') is_quoted = !is_quoted;
    require(c != '\n' || !is_quoted, "a text does not end on its line", script);
    require(c != '`' || is_quoted, "a script has gnuplot run something", script);
  }
}

void check_page(const std::string& event) {
  if (event.empty()) return;
  require(event.size() <= event_feed::event_bytes_max, "an event is too long");
  const std::size_t begin = event.find("data: ");
  require(begin != std::string::npos && event.ends_with("\n\n"), "an event is none", event);
  const std::string_view text = std::string_view(event).substr(begin + 6, event.size() - begin - 8);
  require(text.find('\n') == std::string_view::npos, "an event ends too early", text);
  require(nlohmann::json::accept(text), "an event is no JSON", text);
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace spindrift;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  inbox received;
  feed_reader reader;
  gallery shown(20);
  event_feed page{view_settings{}};
  while (!rest.empty()) {
    const auto space = received.space();
    const std::size_t taken = std::min(space.size(), rest.size());
    std::memcpy(space.data(), rest.data(), taken);
    rest.remove_prefix(taken);
    received.received(taken);
    for (auto line = received.next(); line.kind != inbox::cut_kind::none; line = received.next()) {
      if (line.kind == inbox::cut_kind::whole) hear(reader.read(line.bytes), shown);
    }
    check_page(page.increment(shown, {"127.0.0.1:7171", "live"}));
  }
  check_page(page.snapshot(shown, {"127.0.0.1:7171", "live"}));
  for (const x_axis axis : {x_axis::number, x_axis::time}) {
    for (const canvas& where : {canvas{}, canvas{canvas::unit::cells, 100, 30}}) {
      check_script(draw(shown, {"127.0.0.1:7171", "live"}, {5, axis}, where));
      check_script(draw(listed(shown), {"127.0.0.1:7171", "live"}, {5, axis}, where));
    }
  }
  return 0;
}
