// One sentence for people about an event, in the units of the data, numbers with six significant digits. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/model/event.hpp"

namespace spindrift {

// `unit` stands behind numbers of the data; empty: none.
std::string sentence(const event& told, std::string_view unit = {});
// Six significant digits, the shortest form of those.
std::string six_digits(double number);
// "45 min", "3 s", "2.5 h".
std::string duration_text(std::int64_t milliseconds);

}  // namespace spindrift
