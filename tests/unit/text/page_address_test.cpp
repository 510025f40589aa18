// Goal: the server and the viewer take the same addresses of the page, and only such as links can begin with.
#include "common/text/page_address.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(page_address, is_that_of_a_web_page_with_a_path_if_need_be) {
  for (const char* const good :
       {"", "http://watch.example", "https://watch.example:8443/spindrift/", "http://[::1]:8080/"}) {
    EXPECT_EQ(wrong_page_address(good), "") << good;
  }
}

TEST(page_address, is_refused_where_a_link_would_not_work_or_tell_a_secret) {
  for (const char* const wrong :
       {"watch.example", "https://", "https:///x", "https://:8080/", "ftp://x", "smtp://x", "https://x/#y",
        "https://x/ y", "https://x/?y", "https://me:secret@x/", "https://x/\x7f", "https://x/\n"}) {
    EXPECT_NE(wrong_page_address(wrong).find("--public-url: "), std::string::npos) << wrong;
  }
  EXPECT_EQ(wrong_page_address("https://" + std::string(page_address_bytes_max - 8, 'x')), "");
  EXPECT_NE(wrong_page_address("https://" + std::string(page_address_bytes_max - 7, 'x')), "");
}

}  // namespace
}  // namespace spindrift
