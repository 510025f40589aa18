// Says what holds for a stream, and where each of it comes from.
#include "server/app/explain_settings_command.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"
#include "common/protocol/name.hpp"
#include "common/text/printable.hpp"
#include "server/app/config.hpp"
#include "server/engine/engine_options.hpp"
#include "server/engine/profile_book.hpp"

namespace spindrift {
namespace {

constexpr std::string_view usage =
    "spindriftd explain-settings NAME [OPTION...]\n\n"
    "Prints what holds for the stream NAME and why, each line with its place: an entry [[stream]] of the file, a "
    "flag,\n"
    "a variable of the environment, or the default. The options are those of spindriftd; --config FILE names the "
    "file.\n";

constexpr std::string_view explaining = "spindriftd explain-settings";

// What holds for one stream, line by line.
class explanation_page {
public:
  explanation_page(const option_set& options, std::optional<std::size_t> entry) : options_(options), entry_(entry) {}

  void add(std::string_view key, const std::string& value) { line(key, value, place_of(key)); }
  // What the entry may say in another's place: the setting of all streams is called by `usual_key`.
  void add_or_usual(std::string_view key, std::string_view usual_key, const std::string& value) {
    const std::string own = own_place(key);
    line(key, value, own.empty() ? options_.origin_of(usual_key) : own);
  }
  const std::string& text() const { return text_; }

private:
  std::string own_place(std::string_view key) const {
    return entry_ ? options_.origin_in_table("stream", *entry_, key) : std::string();
  }
  std::string place_of(std::string_view key) const {
    const std::string own = own_place(key);
    return own.empty() ? "default" : own;
  }
  void line(std::string_view key, const std::string& value, const std::string& place) {
    std::string made = std::string(key) + " = " + value;
    if (made.size() < 40) made.resize(40, ' ');
    text_ += made + "  # " + printable(place) + "\n";
  }

  const option_set& options_;
  std::optional<std::size_t> entry_;
  std::string text_;
};

std::string names_of(const detector_settings& settings) {
  std::vector<std::string> names;
  for (const detector_switch& one : detector_switches()) {
    if (settings.*one.on) names.emplace_back(one.name);
  }
  return toml_array(names);
}

std::string explain(const config& chosen, const option_set& options, const std::string& name) {
  const profile_book book(choice_of(chosen.engine));
  const std::optional<std::size_t> entry = book.entry_of(name);
  const stream_settings own = entry ? chosen.engine.streams[*entry] : stream_settings{};
  const shared_profile& profile = book.of(name);
  explanation_page page(options, entry);
  page.add("direction", toml_value(own.direction));
  page.add("min_deviation", number_text(own.min_deviation));
  page.add("min_relative", number_text(own.min_relative));
  page.add("kinds", own.kinds.empty() ? "\"all\"" : toml_array(own.kinds));
  page.add("severity", std::to_string(own.severity));
  page.add_or_usual("silence", "silence", toml_value(show_silence(profile->silent_after)));
  const auto& counters = chosen.engine.counters_of;
  const bool is_counter =
      own.as == value_reading::as_sent &&
      std::any_of(counters.begin(), counters.end(), [&](const pattern& p) { return p.takes(name); });
  const bool is_rate = own.as == value_reading::rate || is_counter;
  page.add_or_usual("as", "rate",
                    own.as == value_reading::as_sent && !is_counter ? "\"as the source says\""
                    : is_rate                                       ? "\"rate\""
                                                                    : "\"value\"");
  page.add_or_usual("detectors", "detectors", names_of(profile->detectors));
  page.add_or_usual("threshold", "threshold", number_text(profile->detectors.zscore.threshold));
  page.add("shared", own.is_shared ? "true" : "false");
  page.add("unit", toml_value(own.unit));
  page.add("title", toml_value(profile->title_of(name)));
  page.add("alert", own.alert.empty() ? "\"those that match\"" : toml_value(own.alert));
  std::string head = "# stream " + printable(name) + ": ";
  head += entry ? "[[stream]] number " + std::to_string(*entry + 1) + ", match = " + toml_array(own.match) + ", at " +
                      printable(options.origin_in_table("stream", *entry, "match"))
          : chosen.engine.streams.empty() ? "there is no [[stream]], so what holds for all holds for it"
                                          : "no [[stream]] takes it, so what holds for all holds for it";
  return head + "\n" + page.text();
}

}  // namespace

bool is_explain_settings_command(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "explain-settings";
}

int run_explain_settings_command(int argc, const char* const* argv) {
  const std::string_view name = argc > 2 ? argv[2] : "";
  if (name == "--help" || name == "-h") return print(std::string(usage));
  if (name.empty() || name.starts_with("--")) {
    return refuse(explaining, "the name of a stream comes first: spindriftd explain-settings NAME [--config FILE]",
                  exit_usage);
  }
  std::vector<const char*> rest{argv[0]};
  rest.insert(rest.end(), argv + 3, argv + argc);
  config chosen;
  option_set options("spindriftd explain-settings", "says what holds for a stream, and why");
  declare(chosen, options);
  const parse_result parsed = options.parse(static_cast<int>(rest.size()), rest.data());
  if (!parsed.proceeds) return tell(parsed);
  const parse_result judged = options.judge(validate(chosen));
  if (!judged.proceeds) return tell(judged);
  return print(explain(chosen, options, std::string(name)));
}

}  // namespace spindrift
