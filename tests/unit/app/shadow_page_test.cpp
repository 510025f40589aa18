// Who may ask what the shadow found, and what is said where there is none.
#include "server/app/shadow_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/shadow_report_command.hpp"
#include "server/session/authenticator.hpp"
#include "tests/unit/app/command_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

http_request asked_for_shadow(std::string_view path = shadow_page_path) {
  return {"GET", path, ""};
}

TEST(shadow_page, is_at_one_path) {
  EXPECT_FALSE(shadow_page(asked_for_shadow("/v1/shadows"), nullptr, nullptr).has_value());
  EXPECT_TRUE(shadow_page(asked_for_shadow(), nullptr, nullptr).has_value());
}

TEST(shadow_page, says_how_to_have_a_shadow_where_there_is_none) {
  const auto said = shadow_page(asked_for_shadow(), nullptr, nullptr);
  EXPECT_EQ(said->status, 404U);
  EXPECT_THAT(said->body, HasSubstr("--shadow FILE"));
}

TEST(shadow_page, is_for_whoever_may_see_every_stream_or_the_whole_server) {
  identity who;
  who.subscribe = {"db.*"};
  EXPECT_EQ(shadow_page(asked_for_shadow(), nullptr, &who)->status, 403U);
  who.is_admin = true;
  EXPECT_EQ(shadow_page(asked_for_shadow(), nullptr, &who)->status, 404U);
  who.is_admin = false;
  who.subscribe = {"db.*", "*"};
  EXPECT_EQ(shadow_page(asked_for_shadow(), nullptr, &who)->status, 404U);
}

TEST(shadow_report_command, needs_an_address_at_which_a_server_answers) {
  for (const char* const nowhere : {"off", "127.0.0.1:0"}) {
    const command_run said(run_shadow_report_command, {"spindriftd", "shadow-report", "--http", nowhere});
    EXPECT_EQ(said.code, 2);
    EXPECT_THAT(said.err, HasSubstr("--http: " + std::string(nowhere) + ": give the address"));
  }
}

}  // namespace
}  // namespace spindrift
