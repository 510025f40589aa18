// Finds a file of the page by the path that was asked for.
#include "visualizer/web/page.hpp"

#include <algorithm>

namespace spindrift {
namespace {

std::string_view content_type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "application/octet-stream";
}

}  // namespace

std::optional<page_answer> find_page(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  const std::string_view name = path == "/" ? "index.html" : path.substr(1);
  const auto files = page_files();
  const auto file = std::ranges::find(files, name, &page_file::name);
  if (file == files.end()) return std::nullopt;
  return page_answer{content_type_of(name), file->bytes};
}

}  // namespace spindrift
