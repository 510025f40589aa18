#include "visualizer/web/page.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace spindrift {
namespace {

std::string read_file(const std::string& path) {
  std::string at =
      path.starts_with("dygraph") ? "/usr/share/javascript/dygraphs/" : SPINDRIFT_SOURCE_DIR "/visualizer/web/page/";
  at.append(path);
  std::ifstream in(at, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(page, holds_its_files_byte_for_byte) {
  ASSERT_FALSE(page_files().empty());
  for (const page_file& file : page_files()) {
    EXPECT_EQ(file.bytes, read_file(std::string(file.name))) << file.name;
    EXPECT_FALSE(file.bytes.empty()) << file.name;
  }
}

TEST(page, is_index_html_at_the_root_and_nothing_elsewhere) {
  ASSERT_TRUE(find_page("/"));
  EXPECT_EQ(find_page("/")->bytes, read_file("index.html"));
  for (const char* const path : {"", "index.html", "//", "/page/main.js", "/../main.js", "/main.js/", "/main"}) {
    EXPECT_FALSE(find_page(path)) << path;
  }
}

// A browser runs a module and applies a style only when their types are these.
TEST(page, names_the_type_of_each_file) {
  EXPECT_EQ(find_page("/")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(find_page("/style.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(find_page("/main.js")->content_type, "text/javascript; charset=utf-8");
}

TEST(page, has_every_module_that_its_modules_import) {
  for (const page_file& file : page_files()) {
    for (std::size_t at = file.bytes.find("from './"); at != std::string_view::npos;
         at = file.bytes.find("from './", at + 1)) {
      const std::size_t begin = at + 8;
      const std::string name(file.bytes.substr(begin, file.bytes.find('\'', begin) - begin));
      EXPECT_TRUE(find_page('/' + name)) << file.name << " imports " << name;
    }
  }
}

// The policy forbids both; the page would silently stop to work.
TEST(page, has_no_script_and_no_style_within_the_markup) {
  const std::string_view html = find_page("/")->bytes;
  EXPECT_EQ(html.find("<style"), std::string_view::npos);
  EXPECT_EQ(html.find("style="), std::string_view::npos);
  EXPECT_EQ(html.find(" on"), html.find(" on\""));
  EXPECT_NE(html.find("<script type=\"module\" src=\"main.js\"></script>"), std::string_view::npos);
  EXPECT_NE(html.find("<script src=\"dygraph.min.js\"></script>"), std::string_view::npos);
}

}  // namespace
}  // namespace spindrift
