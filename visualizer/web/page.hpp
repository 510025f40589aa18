// The one page of the visualizer: HTML with its script and style inside, nothing from elsewhere.
//
// The script reads /events (feed.hpp), draws the panels on canvases, and puts names into the page as text only. The
// policy lets the browser run exactly this script and this style, named by their SHA-256 (CSP Level 3, section 6.7),
// and talk to the page's own server: a name that found a way into the markup could still do nothing. Plain data.
#pragma once

#include <string>
#include <string_view>

namespace spindrift {

struct web_page {
  std::string html;
  std::string content_security_policy;
};

web_page make_page();

// What stands between <script> and </script>; page_script.cpp.
std::string_view page_script();

}  // namespace spindrift
