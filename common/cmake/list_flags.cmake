# Writes OUTPUT: a C++ list of every flag that a program of ours declares, found as "--flag" in the FILES (separated by
# commas). So a variable of a sibling program is told from a mistyped one, and no list is kept by hand.
string(REPLACE "," ";" files "${FILES}")
set(flags "")
foreach(file ${files})
  file(READ "${file}" text)
  string(REGEX MATCHALL "\"--[a-z][a-z0-9-]*\"" found "${text}")
  list(APPEND flags ${found})
endforeach()
list(SORT flags)
list(REMOVE_DUPLICATES flags)
string(REPLACE ";" ",\n    " lines "${flags}")
file(WRITE "${OUTPUT}.new" "// Made while building, from the programs' option tables.
#include \"common/cli/known_variable.hpp\"

namespace spindrift {

const std::vector<std::string_view>& declared_flags() {
  static const std::vector<std::string_view> all = {
    ${lines}};
  return all;
}

}  // namespace spindrift
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
