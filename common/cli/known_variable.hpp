// Which variables SPINDRIFT_… somebody may have meant: those of the four programs, and a few that only tests and
// scripts read. One that nobody knows is a mistyped one. Start-up only, before threads; reads the process's
// environment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

// Every "--flag" in the programs' option tables; made while building (common/cmake/list_flags.cmake).
const std::vector<std::string_view>& declared_flags();

// A complaint for each variable of the environment that neither a program knows nor `own` names, with the nearest name.
std::vector<std::string> complaints_about_variables(const std::vector<std::string>& own);

}  // namespace spindrift
