// What alerts may be chosen, and how they reach people.
#include "server/alerts/alert_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/cli/options.hpp"
#include "server/alerts/alert_options.hpp"
#include "server/alerts/delivery.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

alert_settings webhook(std::string url) {
  alert_settings made;
  made.name = "oncall";
  made.url = std::move(url);
  return made;
}

std::vector<std::string> complaints_of(const alert_settings& one) {
  alerts_settings chosen;
  chosen.alerts.push_back(one);
  return validate(chosen);
}

TEST(alert_settings, know_by_the_address_how_to_send) {
  EXPECT_EQ(way_of(webhook("https://a.example/hook")), alert_way::webhook);
  EXPECT_EQ(way_of(webhook("http://[::1]:9093/api/v2/alerts")), alert_way::alertmanager);
  EXPECT_EQ(way_of(webhook("https://hooks.slack.com/services/x")), alert_way::slack);
  EXPECT_EQ(way_of(webhook("smtp://mail.example:587")), alert_way::mail);
  alert_settings program;
  program.exec = {"/bin/true"};
  EXPECT_EQ(way_of(program), alert_way::exec);
}

TEST(alert_settings, are_taken_where_they_are_whole) {
  EXPECT_THAT(complaints_of(webhook("https://a.example/hook")), IsEmpty());
  alert_settings mail = webhook("smtp://mail.example:587");
  mail.from = "a@b.example";
  mail.to = {"c@d.example"};
  EXPECT_THAT(complaints_of(mail), IsEmpty());
}

TEST(alert_settings, are_complained_of_by_alert_and_key) {
  EXPECT_THAT(complaints_of(webhook("ftp://a.example/")), ElementsAre(HasSubstr("[[alert]] oncall: url: 'ftp://")));
  EXPECT_THAT(complaints_of(webhook("")), ElementsAre(HasSubstr("url, url_file and exec")));
  EXPECT_THAT(complaints_of(webhook("https://me:secret@a.example/")), ElementsAre(HasSubstr("a password")));
  EXPECT_THAT(complaints_of(webhook("smtp://a.example")), ElementsAre(HasSubstr("from and to")));
  alert_settings one = webhook("http://a.example/");
  one.kinds = {"spikes"};
  EXPECT_THAT(complaints_of(one), ElementsAre(HasSubstr("kinds: 'spikes' is not allowed: spike, shift")));
  one = webhook("http://a.example/");
  one.secret_env = "X";
  EXPECT_THAT(complaints_of(one), ElementsAre(HasSubstr("a secret over http://")));
  one.url = "http://127.0.0.1:9/";
  EXPECT_THAT(complaints_of(one), IsEmpty());
  one.as = "pigeon";
  EXPECT_THAT(complaints_of(one), ElementsAre(HasSubstr("as: 'pigeon'")));
}

TEST(alert_settings, may_not_share_a_name_nor_have_a_budget_for_nothing) {
  alerts_settings chosen;
  chosen.alerts = {webhook("http://a.example/"), webhook("http://b.example/")};
  chosen.budget = 5;
  EXPECT_THAT(validate(chosen), ElementsAre(HasSubstr("oncall: name: is there twice"), HasSubstr("--alert-budget")));
}

TEST(alert_settings, have_the_address_of_the_page_all_of_them) {
  alerts_settings chosen;
  chosen.alerts.push_back(webhook("https://a.example/hook"));
  chosen.url = "https://b.example/hook";
  chosen.public_url = "https://watch.example/";
  EXPECT_THAT(validate(chosen), IsEmpty());
  for (const alert_settings& one : chosen.all()) EXPECT_EQ(one.public_url, chosen.public_url) << one.name;
  for (const char* const wrong : {"watch.example", "ftp://x", "smtp://x", "https://x/#y", "https://x/ y"}) {
    chosen.public_url = wrong;
    EXPECT_THAT(validate(chosen), ElementsAre(HasSubstr("--public-url"))) << wrong;
  }
}

TEST(alert_settings, of_the_command_line_are_the_alert_default) {
  alerts_settings chosen;
  chosen.url = "http://127.0.0.1:9/";
  chosen.budget = 5;
  ASSERT_EQ(chosen.all().size(), 1U);
  EXPECT_EQ(chosen.all()[0].name, "default");
  EXPECT_EQ(chosen.all()[0].budget, 5);
}

class alert_file : public testing::Test {
protected:
  parse_result parse(const std::string& text) {
    std::ofstream(path_) << text;
    option_set options("test", "");
    options.accept_config_file();
    declare(chosen_, options);
    const std::string given = "--config=" + path_.string();
    const std::array<const char*, 2> words = {"test", given.c_str()};
    const parse_result parsed = options.parse(2, words.data());
    printed_ = options.print_config();
    return parsed;
  }
  ~alert_file() override { std::filesystem::remove(path_); }

  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_alert_file_" + std::to_string(::getpid()) + ".toml");
  alerts_settings chosen_;
  std::string printed_;
};

constexpr const char* whole_file = R"(
alert-url = "http://127.0.0.1:9/"
alert-budget = "3/week"
[[alert]]
name = "oncall"
match = "db.*"
kinds = ["shift"]
severity = 40
budget = "5/day"
group = "30s"
repeat = "4h"
url = "https://a.example/"
[[alert]]
name = "siren"
exec = ["/bin/echo", "a b"]
group = "off"
[[maintenance]]
match = ["db.*", "web"]
from = 2027-01-31T22:00:00+01:00
to = "2027-02-01T02:00:00Z"
)";

TEST_F(alert_file, is_read_and_printed_as_it_would_be_read) {
  ASSERT_TRUE(parse(whole_file).proceeds);
  ASSERT_EQ(chosen_.alerts.size(), 2U);
  EXPECT_THAT(chosen_.alerts[0].match, ElementsAre("db.*"));
  EXPECT_EQ(chosen_.alerts[0].budget, 5);
  EXPECT_EQ(chosen_.alerts[0].group, std::chrono::seconds(30));
  EXPECT_EQ(chosen_.alerts[0].repeat, std::chrono::hours(4));
  EXPECT_THAT(chosen_.alerts[1].exec, ElementsAre("/bin/echo", "a b"));
  EXPECT_EQ(chosen_.alerts[1].group.count(), 0);
  ASSERT_EQ(chosen_.maintenances.size(), 1U);
  EXPECT_EQ(chosen_.maintenances[0].to_ms - chosen_.maintenances[0].from_ms, 5 * 3'600'000);
  EXPECT_THAT(validate(chosen_), IsEmpty());
  const alerts_settings before = chosen_;
  ASSERT_TRUE(parse(printed_).proceeds) << printed_;
  EXPECT_EQ(chosen_.alerts, before.alerts);
  EXPECT_EQ(chosen_.maintenances, before.maintenances);
  EXPECT_NEAR(chosen_.budget, 3.0 / 7, 1e-9);
}

TEST_F(alert_file, is_refused_with_the_line_of_what_is_wrong) {
  EXPECT_THAT(parse("[[alert]]\nname = \"a\"\nbudget = \"5 a day\"\n").text,
              testing::AllOf(HasSubstr("budget: bad value"), HasSubstr(":3"), HasSubstr("COUNT/day")));
  EXPECT_THAT(parse("[[alert]]\nnaem = \"a\"\n").text, HasSubstr("did you mean name"));
  EXPECT_THAT(parse("[[maintenance]]\nfrom = 2027-01-31T22:00:00\n").text, HasSubstr("a time with its zone"));
  EXPECT_THAT(parse("[[alert]]\ngroup = \"forever\"\n").text, HasSubstr("off, or a duration"));
}

class secret_of_an_alert : public testing::Test {
protected:
  secret_of_an_alert() { std::ofstream(path_) << "s3cret\n"; }
  ~secret_of_an_alert() override { std::filesystem::remove(path_); }
  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_alert_secret_" + std::to_string(::getpid()));
};

TEST_F(secret_of_an_alert, comes_from_a_file_that_others_cannot_read) {
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  EXPECT_EQ(read_secret(path_, "").text, "s3cret");
  std::filesystem::permissions(path_, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_EQ(read_secret(path_, "").text, "");
  EXPECT_THAT(read_secret(path_, "").wrong, HasSubstr("chmod 600"));
}

TEST_F(secret_of_an_alert, is_warned_of_where_it_cannot_be_read) {
  alert_settings one = webhook("https://a.example/");
  one.name = "oncall";
  one.secret_file = path_;
  one.url_file = path_.string() + ".no";
  std::filesystem::permissions(path_, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_THAT(unreadable_secrets({one}),
              ElementsAre("alert oncall: secret_file: " + path_.string() + ": others may read it; chmod 600 it",
                          HasSubstr("alert oncall: url_file: " + one.url_file)));
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  one.url_file.clear();
  EXPECT_THAT(unreadable_secrets({one, webhook("https://b.example/")}), testing::IsEmpty());
}

TEST_F(secret_of_an_alert, is_asked_for_by_name_where_there_is_none) {
  EXPECT_THAT(read_secret(path_.string() + ".no", "").wrong, HasSubstr("No such file"));
  EXPECT_THAT(read_secret("", "SPINDRIFT_TEST_NO_SUCH_SECRET").wrong, HasSubstr("is not set"));
  EXPECT_EQ(read_secret("", "").wrong, "");
}

}  // namespace
}  // namespace spindrift
