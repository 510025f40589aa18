// The options of what clients may speak: --format, --replies and the table of JSON's fields. Declared by whoever runs a
// server; plain data, set before anything runs.
#pragma once

#include "common/cli/options.hpp"
#include "server/formats/field_mapping.hpp"
#include "server/formats/line_format.hpp"

namespace spindrift {

struct format_settings {
  bool json_only = false;                        // --format json
  const formats::line_format* pinned = nullptr;  // --format graphite and its like; null: told by the first bytes
  bool always_replies = false;
  formats::field_mapping mapping;
};

// What --format may be: auto, json, or the name of a line format. False: none of them.
bool set_format(format_settings& settings, std::string_view name);
void declare(format_settings& settings, option_set& options);

}  // namespace spindrift
