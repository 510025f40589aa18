// A format of one line a point as somebody would add it: its reader is all of its own. In the house the reader would be
// declared in formats/line_format.hpp, listed in formats/line_format.cpp and built by formats/CMakeLists.txt.
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "server/formats/line_format.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift::formats {
namespace {

// "12.5 -> load"
bool read_arrow(std::string_view line, parsed& into) {
  constexpr std::string_view arrow = " -> ";
  const std::size_t at = line.find(arrow);
  if (at == std::string_view::npos) return false;
  into.add_text(line.substr(at + arrow.size()), line.substr(0, at), std::nullopt, line);
  return true;
}

constexpr line_format entry = {"arrow", "12.5 -> load", read_arrow};

TEST(toy_format, is_read_as_any_other_is) {
  line_reader reader(&entry);
  parsed into;
  EXPECT_EQ(reader.read(entry.example, into), line_result::read);
  EXPECT_EQ(reader.read("load 12.5", into), line_result::unknown);
  EXPECT_EQ(reader.read("much -> load", into), line_result::read) << "its own, and a fault";
  ASSERT_EQ(into.points().size(), 1U);
  EXPECT_EQ(into.points().front().stream, "load");
  EXPECT_EQ(into.points().front().value, 12.5);
  EXPECT_EQ(into.fault_count(), 1U);
}

}  // namespace
}  // namespace spindrift::formats
