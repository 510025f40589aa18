// The options of settings of librdkafka.
#include "server/app/client_setting.hpp"

#include <optional>
#include <string_view>

#include "common/cli/options.hpp"

namespace spindrift {

void declare_client_settings(std::vector<client_setting>& settings, std::string& file, const std::string& condition,
                             option_set& options) {
  options.add({.flag = "--kafka",
               .placeholder = "KEY=VALUE",
               .help = condition + "a setting of librdkafka, by its own name; may be given several times",
               .is_repeatable = true,
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 const std::size_t equals = text.find('=');
                 if (equals == 0 || equals == std::string_view::npos) return "KEY=VALUE";
                 settings.push_back({std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
                 return std::nullopt;
               },
               .show =
                   [&settings] {
                     std::vector<std::string> texts;
                     for (const client_setting& one : settings) texts.push_back(one.key + '=' + one.value);
                     return texts;
                   },
               .clear = [&settings] { settings.clear(); }});
  options.add_text("--kafka-file", "FILE", "more of them, KEY=VALUE a line; for passwords, so of mode 0600", file);
}

}  // namespace spindrift
