// Asks about one event and draws the points around it.
#include "visualizer/app/event_picture.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "common/cli/terminal.hpp"
#include "common/model/verdict.hpp"
#include "common/protocol/json_value.hpp"
#include "visualizer/app/event_command.hpp"
#include "visualizer/app/title_book.hpp"
#include "visualizer/gnuplot/picture.hpp"
#include "visualizer/gnuplot/terminal.hpp"
#include "visualizer/plot/script.hpp"
#include "visualizer/subscription/history_events.hpp"

namespace spindrift {
namespace {

using nlohmann::json;

// 256 points before it and 64 of its own (docs/events.md).
constexpr std::size_t points_most = 320;

std::optional<std::string> draw_to_file(const viewer_settings& settings, const gallery& shown) {
  const heading above{settings.server, "event " + settings.event};
  const canvas where = picture_canvas(shown.panels().size());
  const std::string script = draw(shown, above, settings.drawing, where);
  if (!settings.dump.empty()) {
    if (const auto failed = write_script(script, settings.dump)) return "--dump: " + *failed;
  }
  if (settings.output.empty()) return std::nullopt;
  return draw_picture(script, settings.output, settings.picture_kind(), offered_terminals(), where);
}

}  // namespace

gallery picture_of(std::string_view reply) {
  gallery shown(points_most);
  const json read = read_json(reply);
  if (!read.is_object() || !read.contains("stream") || !read["stream"].is_string()) return shown;
  const auto stream = read["stream"].get<std::string>();
  const std::string named =
      read.contains("feature") && read["feature"].is_string() ? read["feature"].get<std::string>() : "";
  const json none = json::object();
  const json& context = read.contains("context") && read["context"].is_object() ? read["context"] : none;
  const auto number = [](const json& point, const char* key) {
    const auto at = point.is_object() ? point.find(key) : point.end();
    return point.is_object() && at != point.end() && at->is_number() ? at->get<double>()
                                                                     : std::numeric_limits<double>::quiet_NaN();
  };
  std::uint64_t n = 0;
  const auto add = [&](const json& point) {
    const double ts = number(point, "ts");
    const double value = number(point, "value");
    if (!(std::abs(ts) < 1e15) || !std::isfinite(value)) return;
    const feature part{named, value};
    verdict judged;
    judged.subject.stream = stream;
    judged.subject.value = value;
    if (!named.empty()) judged.subject.values = {&part, 1};
    judged.subject.ts = static_cast<std::int64_t>(ts);
    judged.feature = named;
    judged.n = ++n;
    judged.expected = number(point, "expected");
    judged.sigma = number(point, "sigma");
    const feature_band band{judged.expected, judged.sigma, 0, std::isfinite(judged.expected)};
    shown.add(judged, named.empty() ? std::span<const feature_band>() : std::span(&band, 1));
  };
  for (const char* const part : {"before", "from"}) {
    if (!context.contains(part) || !context[part].is_array()) continue;
    for (const json& point : context[part]) add(point);
  }
  // The reply begins as the event's line does, but for its type.
  json line = read;
  line["type"] = "event";
  for (stream_event& told : events_of_history("{\"events\":[" + write_json(line) + "]}")) shown.add(std::move(told));
  return shown;
}

int run_event_picture(const viewer_settings& settings) {
  for (const std::string& file : {settings.output, settings.dump}) {
    if (file.empty()) continue;
    if (const auto obstacle = find_obstacle(file))
      return refuse(viewer_program, file + ": " + *obstacle, exit_bad_config);
  }
  const event_name wanted = *event_named(settings.event, settings.streams);
  const std::string reply = ask_server(settings, explain_command{wanted.stream, wanted.number});
  gallery shown = picture_of(reply);
  if (shown.panels().empty()) {
    const json read = read_json(reply);
    const bool says_why = read.is_object() && read.contains("message") && read["message"].is_string();
    return refuse(viewer_program,
                  says_why ? read["message"].get<std::string>() : "no points around this event are kept", exit_failure);
  }
  // A server that has begun anew may not know the stream any more: then it has no title.
  if (const auto words = words_of(ask_server(settings, recent_command{wanted.stream, 1}))) {
    shown.entitle(wanted.stream, words->title, words->unit);
  }
  const auto failed = draw_to_file(settings, shown);
  return failed ? refuse(viewer_program, *failed, exit_failure) : exit_ok;
}

}  // namespace spindrift
