#include "visualizer/app/settings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

// The complaints, one a line.
std::string complaints_of(const viewer_settings& settings) {
  std::string text;
  for (const std::string& complaint : validate(settings)) text += complaint + '\n';
  return text;
}

TEST(viewer_settings, are_good_as_they_come) {
  const viewer_settings usual;
  EXPECT_EQ(complaints_of(usual), "");
  EXPECT_TRUE(usual.wants_screen());
  EXPECT_EQ(usual.axis, "time");
}

TEST(viewer_settings, want_a_file_for_a_picture_and_an_ending_that_is_known) {
  viewer_settings settings;
  settings.term = "svg";
  EXPECT_NE(complaints_of(settings).find("--term: svg is not allowed without --output"), std::string::npos);
  settings.term = "auto";
  settings.output = "plot.gif";
  EXPECT_NE(complaints_of(settings).find("--output: plot.gif"), std::string::npos);
  settings.output = "a\nb.png";
  EXPECT_NE(complaints_of(settings).find("a line end"), std::string::npos);
  settings.output = "plot.png";
  EXPECT_EQ(complaints_of(settings), "");
  EXPECT_EQ(settings.picture_kind(), "png");
}

TEST(viewer_settings, take_a_pattern_that_the_server_takes) {
  viewer_settings settings;
  for (const char* const good : {"*", "cpu.?", "a*b*c*d*"}) {
    settings.streams = good;
    EXPECT_EQ(complaints_of(settings), "") << good;
  }
  for (const std::string& wrong : {std::string(), std::string("a*b*c*d*e*"), std::string(257, 'a')}) {
    settings.streams = wrong;
    EXPECT_NE(complaints_of(settings).find("\" is not allowed: give 1 to 256 bytes with at most four *\n"),
              std::string::npos)
        << wrong;
  }
}

TEST(viewer_settings, show_the_page_to_this_machine_alone) {
  viewer_settings settings;
  settings.web = "0.0.0.0:8080";
  EXPECT_NE(complaints_of(settings).find("--web: 0.0.0.0:8080"), std::string::npos);
  settings.web_token_file = "token";
  EXPECT_EQ(complaints_of(settings), "") << "with a token others may see it";
  settings.web_token_file.clear();
  settings.web = "[::1]:8080";
  EXPECT_EQ(complaints_of(settings), "");
}

TEST(viewer_settings, draw_from_an_earlier_to_a_later_time) {
  viewer_settings settings;
  settings.from = 2'000;
  EXPECT_EQ(complaints_of(settings), "");
  settings.to = 1'000;
  EXPECT_NE(complaints_of(settings).find("--from"), std::string::npos);
}

TEST(viewer_settings, name_an_event_by_its_stream_and_number) {
  EXPECT_EQ(event_named("pump:7:17", "*").value().stream, "pump:7");
  EXPECT_EQ(event_named("pump:7:17", "*").value().number, 17U);
  EXPECT_EQ(event_named("17", "cpu").value().stream, "cpu");
  for (const char* const wrong : {"17", "pump", "pump:", "pump:0", ":3", "p*:3"}) EXPECT_FALSE(event_named(wrong, "*"));
  viewer_settings settings;
  settings.event = "pump:3";
  EXPECT_NE(complaints_of(settings).find("draw nowhere"), std::string::npos);
  settings.output = "plot.png";
  EXPECT_EQ(complaints_of(settings), "");
}

TEST(viewer_settings, draw_beside_a_picture_or_a_page_only_when_asked) {
  viewer_settings settings;
  settings.output = "plot.png";
  EXPECT_FALSE(settings.wants_screen());
  settings.term = "dumb";
  EXPECT_TRUE(settings.wants_screen());
}

TEST(viewer_settings, take_an_address_of_the_page_and_nothing_else_for_its_links) {
  viewer_settings settings;
  settings.web = "127.0.0.1:8080";
  settings.public_url = "https://watch.example/spindrift/";
  EXPECT_EQ(complaints_of(settings), "");
  for (const char* const wrong :
       {"watch.example", "https://", "https:///x", "ftp://x", "https://x/#y", "https://a@b"}) {
    settings.public_url = wrong;
    EXPECT_NE(complaints_of(settings).find("--public-url: "), std::string::npos) << wrong;
  }
  settings.public_url = "https://watch.example/";
  settings.web.clear();
  EXPECT_NE(complaints_of(settings).find("--public-url: without --web"), std::string::npos);
}

}  // namespace
}  // namespace spindrift
