// Which alerts hear of an event, and when nothing is told.
#include "server/alerts/alert_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

alert_settings alert_for(const std::string& name, std::vector<std::string> match) {
  alert_settings made;
  made.name = name;
  made.match = std::move(match);
  return made;
}

notice notice_about(const std::string& stream, int severity = 50) {
  notice told;
  told.stream = stream;
  told.severity = severity;
  return told;
}

TEST(alert_routes, lead_to_every_alert_that_takes_the_stream) {
  const alert_routes routes({{alert_for("a", {"db.*", "web"}), alert_for("b", {"*"})}, {}, "", 0, ""}, {});
  EXPECT_THAT(routes.of(notice_about("db.cpu")), ElementsAre(0, 1));
  EXPECT_THAT(routes.of(notice_about("web")), ElementsAre(0, 1));
  EXPECT_THAT(routes.of(notice_about("web.x")), ElementsAre(1));
}

TEST(alert_routes, lead_to_the_one_that_the_stream_was_given_whatever_it_matches) {
  const alert_routes routes({{alert_for("a", {"db.*"}), alert_for("b", {"*"})}, {}, "", 0, ""},
                            [](std::string_view stream) { return stream == "web" ? "a" : std::string(); });
  EXPECT_THAT(routes.of(notice_about("web")), ElementsAre(0));
  EXPECT_THAT(routes.of(notice_about("pump")), ElementsAre(1));
}

TEST(alert_routes, are_closed_to_what_is_less_severe_or_of_another_kind) {
  alert_settings severe = alert_for("a", {"*"});
  severe.severity = 60;
  alert_settings of_shifts = alert_for("b", {"*"});
  of_shifts.kinds = {"shift", "trend"};
  const alert_routes routes({{severe, of_shifts}, {}, "", 0, ""}, {});
  EXPECT_THAT(routes.of(notice_about("x", 59)), IsEmpty());
  EXPECT_THAT(routes.of(notice_about("x", 60)), ElementsAre(0));
  notice shift = notice_about("x", 1);
  shift.kind = event_kind::shift;
  EXPECT_THAT(routes.of(shift), ElementsAre(1));
}

TEST(alert_routes, include_the_alert_of_the_command_line) {
  alerts_settings chosen;
  chosen.url = "http://127.0.0.1:9/";
  const alert_routes routes(chosen, {});
  ASSERT_EQ(routes.alerts().size(), 1U);
  EXPECT_EQ(routes.alerts()[0].name, alerts_settings::command_line_name);
  EXPECT_THAT(routes.of(notice_about("x")), ElementsAre(0));
  EXPECT_THAT(alert_routes().of(notice_about("x")), IsEmpty());
}

TEST(alert_routes, are_silent_while_something_is_worked_on) {
  alerts_settings chosen;
  chosen.maintenances = {{{"db.*"}, 1'000, 2'000}, {{"db.cpu"}, 1'500, 3'000}};
  const alert_routes routes(chosen, {});
  EXPECT_EQ(routes.silenced_until("db.cpu", 999), 0);
  EXPECT_EQ(routes.silenced_until("db.cpu", 1'000), 2'000);
  EXPECT_EQ(routes.silenced_until("db.cpu", 1'500), 3'000) << "the one that ends last";
  EXPECT_EQ(routes.silenced_until("db.mem", 2'000), 0) << "it is over at its end";
  EXPECT_EQ(routes.silenced_until("web", 1'500), 0);
}

}  // namespace
}  // namespace spindrift
