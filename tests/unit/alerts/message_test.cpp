// What receivers get.
#include "server/alerts/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/protocol/encode.hpp"
#include "server/alerts/alert_sink.hpp"

namespace spindrift {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t now_ms = 1'764'000'600'000;

queued_notice shift_on(const std::string& stream, int severity, event_state state) {
  event told;
  told.number = 17;
  told.state = state;
  told.kind = event_kind::shift;
  told.direction = event_direction::up;
  told.severity = severity;
  told.told = told.from = now_ms - 60'000;
  told.text = "level rose from 21 to 26 & <more>";
  if (state == event_state::closed) {
    told.to_n = 9;
    told.to = now_ms - 1'000;
  }
  std::string line;
  encode(told, stream, "temperature", line);
  queued_notice made;
  made.what = notice_of(told, stream, line);
  made.first_kind = event_kind::spike;
  made.first_severity = 85;
  return made;
}

TEST(webhook_body, is_the_lines_of_the_events) {
  const auto body = webhook_body({shift_on("a", 60, event_state::open), shift_on("b", 61, event_state::closed)});
  const auto cut = body.find('\n');
  EXPECT_EQ(json::parse(body.substr(0, cut))["stream"], "a");
  EXPECT_EQ(json::parse(body.substr(cut + 1))["state"], "closed");
}

TEST(alertmanager_body, has_the_same_labels_at_the_end_as_at_the_beginning) {
  const json begun =
      json::parse(alertmanager_body({shift_on("a", 60, event_state::open)}, "oncall", now_ms, now_ms + 3'600'000));
  const json over =
      json::parse(alertmanager_body({shift_on("a", 90, event_state::closed)}, "oncall", now_ms, now_ms + 3'600'000));
  EXPECT_EQ(begun[0]["labels"], over[0]["labels"]);
  EXPECT_EQ(begun[0]["labels"]["alertname"], "spindrift");
  EXPECT_EQ(begun[0]["labels"]["severity"], "critical");
  EXPECT_EQ(begun[0]["labels"]["kind"], "spike");
  EXPECT_EQ(begun[0]["startsAt"], over[0]["startsAt"]);
  EXPECT_EQ(begun[0]["endsAt"], "2025-11-24T17:10:00.000Z");
  EXPECT_EQ(over[0]["endsAt"], "2025-11-24T16:09:59.000Z");
}

TEST(slack_body, is_a_sentence_an_event_without_markup) {
  const json body =
      json::parse(slack_body({shift_on("a", 60, event_state::open), shift_on("b", 70, event_state::closed)}));
  EXPECT_EQ(body["text"],
            "shift on a, severity 60: level rose from 21 to 26 &amp; &lt;more&gt;\n"
            "over: shift on b, severity 70: level rose from 21 to 26 &amp; &lt;more&gt;");
}

TEST(slack_body, says_how_many_it_leaves_out) {
  const std::vector<queued_notice> many(70, shift_on("a", 60, event_state::open));
  EXPECT_THAT(json::parse(slack_body(many))["text"].get<std::string>(), testing::EndsWith("\nand 20 more"));
}

TEST(headline, is_the_worst_that_is_not_over) {
  EXPECT_EQ(headline_of({shift_on("a", 60, event_state::open), shift_on("b", 90, event_state::closed),
                         shift_on("c", 70, event_state::open)}),
            "shift on c, severity 70: level rose from 21 to 26 & <more> (and 2 more)");
}

TEST(mail_text, has_its_headers_and_lines_that_smtp_takes) {
  alert_settings alert;
  alert.from = "spindrift@example.com";
  alert.to = {"a@example.com", "b@example.com"};
  const std::string mail = mail_text(alert, {shift_on("a", 60, event_state::open)}, "oncall-1-2", now_ms);
  EXPECT_THAT(mail, testing::StartsWith("From: spindrift@example.com\r\nTo: a@example.com, b@example.com\r\n"
                                        "Subject: [spindrift] shift on a, severity 60: level rose"));
  EXPECT_THAT(mail, HasSubstr("\r\nDate: Mon, 24 Nov 2025 16:10:00 +0000\r\n"));
  EXPECT_THAT(mail, HasSubstr("\r\nMessage-ID: <oncall-1-2@spindrift.invalid>\r\n"));
  EXPECT_THAT(mail, HasSubstr("\r\n{\"type\":\"event\",\"event\":17,"));
  for (std::size_t i = 0; i < mail.size(); ++i) {
    ASSERT_TRUE(mail[i] != '\n' || mail[i - 1] == '\r') << i;
  }
}

TEST(mail_text, encodes_a_subject_that_is_not_ascii) {
  const std::string mail = mail_text({}, {shift_on("K\xc3\xbchlung", 60, event_state::open)}, "x", now_ms);
  EXPECT_THAT(mail, HasSubstr("Subject: =?utf-8?B?W3NwaW5kcmlmdF0g"));
}

TEST(mail_text, cuts_lines_that_are_too_long_for_smtp) {
  queued_notice long_one = shift_on("a", 60, event_state::open);
  long_one.what.line += std::string(5'000, 'x');
  const std::string mail = mail_text({}, {long_one}, "x", now_ms);
  std::size_t longest = 0;
  for (std::size_t at = 0, end = 0; (end = mail.find("\r\n", at)) != std::string::npos; at = end + 2) {
    longest = std::max(longest, end - at);
  }
  EXPECT_LE(longest, 998U);
}

TEST(exec_environment, speaks_of_the_worst) {
  EXPECT_THAT(
      exec_environment("siren", {shift_on("a", 60, event_state::open), shift_on("b", 70, event_state::open)}, "id"),
      testing::IsSupersetOf({"SPINDRIFT_ALERT=siren", "SPINDRIFT_EVENTS=2", "SPINDRIFT_STREAM=b",
                             "SPINDRIFT_SEVERITY=70", "SPINDRIFT_STATE=open", "SPINDRIFT_KIND=shift",
                             "SPINDRIFT_FEATURE=temperature", "SPINDRIFT_DIRECTION=up", "SPINDRIFT_EVENT=17"}));
}

TEST(messages, are_made_of_a_line_that_is_no_json) {
  queued_notice broken = shift_on("a", 60, event_state::open);
  broken.what.line = "\xff{";
  EXPECT_TRUE(json::accept(alertmanager_body({broken}, "oncall", now_ms, now_ms)));
  EXPECT_TRUE(json::accept(slack_body({broken})));
}

TEST(messages, have_a_link_to_the_page_where_that_has_an_address) {
  const std::string page = "https://watch.example/spindrift/";
  const queued_notice open = shift_on("db/1 a&b", 60, event_state::open);
  const std::string link = link_of(open.what, page);
  EXPECT_EQ(link, page + "#stream=db%2F1%20a%26b&from=" + std::to_string(now_ms - 70'000) +
                      "&to=" + std::to_string(now_ms - 50'000) + "&event=17");
  EXPECT_EQ(json::parse(webhook_body({open}, page))["link"], link);
  EXPECT_EQ(json::parse(webhook_body({open}, page))["event"], 17);
  const json alertmanager = json::parse(alertmanager_body({open}, "oncall", now_ms, now_ms, page));
  EXPECT_EQ(alertmanager[0]["generatorURL"], link);
  EXPECT_EQ(alertmanager[0]["annotations"]["link"], link);
  EXPECT_THAT(json::parse(slack_body({open}, page))["text"].get<std::string>(), testing::HasSubstr("&amp;event=17"));
  EXPECT_THAT(exec_environment("siren", {open}, "id", page), testing::Contains("SPINDRIFT_LINK=" + link));
  alert_settings mail;
  mail.public_url = page;
  EXPECT_THAT(mail_text(mail, {open}, "x", now_ms), testing::HasSubstr("\r\n" + link + "\r\n"));
}

TEST(messages, have_no_link_where_the_page_has_no_address) {
  const queued_notice open = shift_on("a", 60, event_state::open);
  EXPECT_EQ(webhook_body({open}), open.what.line + "\n");
  EXPECT_EQ(alertmanager_body({open}, "oncall", now_ms, now_ms).find("generatorURL"), std::string::npos);
}

}  // namespace
}  // namespace spindrift
