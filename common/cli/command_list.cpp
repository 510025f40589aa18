// The table of commands. tests/integration holds it against the programs.
#include "common/cli/command_list.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace spindrift {
namespace {

constexpr std::array command_names{
    command_text{"spindrift-viz", "explain STREAM EVENT", "says why an event was told, with the points around it"},
    command_text{"spindrift-viz", "mark STREAM EVENT expected|real", "says a person's word about an event"},
    command_text{"spindriftd", "explain-settings NAME", "says what holds for a stream, and why"},
    command_text{"spindriftd", "import --stream NAME FILE", "has a stream learn from its past, and tells nobody"},
    command_text{"spindriftd", "producer reset NAME", "has a producer's numbers begin anew"},
    command_text{"spindriftd", "shadow-report",
                 "says which notices would be gone and which new with the file of --shadow"},
    command_text{"spindriftd", "test-alert NAME", "sends one message by an [[alert]]"},
    command_text{"spindriftd", "token new NAME", "makes a token, and the line that admits it"},
};

}  // namespace

std::vector<command_text> commands_of(std::string_view program) {
  std::vector<command_text> found;
  std::ranges::copy_if(command_names, std::back_inserter(found),
                       [program](const command_text& one) { return one.program == program; });
  return found;
}

}  // namespace spindrift
