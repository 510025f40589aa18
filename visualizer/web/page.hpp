// The files of the visualizer's one page, as they stand in visualizer/web/page, and what a browser may do with them.
//
// The modules read /events (feed.hpp), draw the panels on canvases, and put names into the page as text only. The
// policy lets the browser load scripts and styles from this server alone, none from within the markup, and talk to
// nobody else: a name that found a way into the markup could still do nothing. The bytes are embedded while building
// and live as long as the program. Plain data. Any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace spindrift {

struct page_file {
  std::string_view name;  // "main.js"
  std::string_view bytes;
};

// All of them; made by embed.cmake.
std::span<const page_file> page_files();

struct page_answer {
  std::string_view content_type;
  std::string_view bytes;
};

// `path` as in a request: "/" is index.html.
std::optional<page_answer> find_page(std::string_view path);

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

}  // namespace spindrift
