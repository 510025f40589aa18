// How settings are written: as flags, variables and TOML values. Pure text functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

// "--state-dir" -> "state-dir", the key in the file.
std::string key_of(std::string_view flag);
// "--state-dir" -> "SPINDRIFT_STATE_DIR".
std::string environment_variable_of(std::string_view flag);
// 100, 0.002, true or "text": bare only where reading it back yields the same text.
std::string toml_value(const std::string& text);
std::string toml_array(const std::vector<std::string>& texts);
std::string joined(const std::vector<std::string>& texts, std::string_view between);
// The shortest decimal text that reads back as the same number.
std::string number_text(double number);

}  // namespace spindrift
