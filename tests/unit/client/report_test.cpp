#include "client/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace spindrift {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

run_counters counted() {
  score judged(1, {"spike_up", "spike_down"}, true, {150});
  judged.judge({0, 101, 1}, {true, false, false});
  judged.judge({0, 102, 2}, {false, false, true});
  judged.judge({0, 103, 0}, {true, false, false});
  judged.judge({0, 150, 0}, {});
  judged.judge({0, 182, 0}, {false, true, false});
  run_counters counts(std::move(judged));
  counts.points = 6;
  counts.verdicts = 5;
  counts.errors = 1;
  counts.error_codes["storage_full"] = 1;
  counts.resent = 3;
  counts.duplicates = 2;
  counts.reconnects = 1;
  counts.latency.record(100'000, 98);
  counts.latency.record(2'000'000, 2);
  counts.first_sent_ns = 1'000'000'000;
  counts.last_reply_ns = 3'000'000'000;
  return counts;
}

run_facts facts() {
  run_facts run;
  run.source = "sine";
  run.seed = 7;
  return run;
}

TEST(report, has_every_key_that_programs_rely_on) {
  const json object = json::parse(json_report(facts(), counted()));
  for (const char* key : {"points",
                          "verdicts",
                          "errors",
                          "lost",
                          "resent",
                          "duplicates",
                          "late",
                          "precision",
                          "recall",
                          "f1",
                          "true_positives",
                          "false_positives",
                          "false_negatives",
                          "drifts",
                          "drift_delay_median",
                          "alarms",
                          "seconds",
                          "throughput",
                          "latency_us",
                          "by_kind",
                          "false_flags_per_1000",
                          "false_drifts",
                          "drifts_injected",
                          "drifts_found",
                          "unsent",
                          "error_codes",
                          "seed"}) {
    EXPECT_TRUE(object.contains(key)) << key;
  }
  for (const char* key : {"p50", "p99", "p999", "max"}) EXPECT_TRUE(object["latency_us"].contains(key)) << key;
}

TEST(report, says_in_json_what_was_counted) {
  const json object = json::parse(json_report(facts(), counted()));
  EXPECT_EQ(object["points"], 6);
  EXPECT_EQ(object["verdicts"], 5);
  EXPECT_EQ(object["errors"], 1);
  EXPECT_EQ(object["error_codes"]["storage_full"], 1);
  EXPECT_EQ(object["resent"], 3);
  EXPECT_EQ(object["duplicates"], 2);
  EXPECT_EQ(object["precision"], 0.5);
  EXPECT_EQ(object["recall"], 0.5);
  EXPECT_EQ(object["by_kind"]["spike_up"]["recall"], 1);
  EXPECT_EQ(object["by_kind"]["spike_down"]["injected"], 1);
  EXPECT_EQ(object["drifts"], 1);
  EXPECT_EQ(object["drift_delay_median"], 32);
  EXPECT_EQ(object["alarms"], 1);
  EXPECT_EQ(object["seconds"], 2);
  EXPECT_EQ(object["throughput"], 2.5);
  EXPECT_NEAR(object["latency_us"]["p50"].get<double>(), 100, 0.4);
  EXPECT_NEAR(object["latency_us"]["p99"].get<double>(), 2'000, 8);
  EXPECT_EQ(object["latency_us"]["max"], 2'000);
}

TEST(report, is_null_where_nothing_is_defined) {
  const json object = json::parse(json_report(facts(), run_counters(score(1, {"spike_up"}, true, {}))));
  for (const char* key : {"precision", "recall", "f1", "drift_delay_median", "false_flags_per_1000"}) {
    EXPECT_TRUE(object[key].is_null()) << key;
  }
  EXPECT_TRUE(object["latency_us"]["p99"].is_null());
  EXPECT_EQ(object["throughput"], 0);
}

TEST(report, is_one_line_of_valid_json_whatever_a_server_calls_its_errors) {
  run_counters counts = counted();
  counts.error_codes["\xff\n\""] = 1;
  const std::string text = json_report(facts(), counts);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(json::accept(text)) << text;
}

TEST(report, tells_people_the_same) {
  const std::string text = text_report(facts(), counted());
  EXPECT_THAT(text, HasSubstr("6 sent, 5 verdicts, 1 refused, 0 lost"));
  EXPECT_THAT(text, HasSubstr("storage_full"));
  EXPECT_THAT(text, HasSubstr("1 reconnects, 3 sent again, 2 of them applied before"));
  EXPECT_THAT(text, HasSubstr("precision 0.5000, recall 0.5000, F1 0.5000 (1 found, 1 missed, 1 false)"));
  EXPECT_THAT(text, HasSubstr("spike_up         1 of 1 found"));
  EXPECT_THAT(text, HasSubstr("1 reported: 1 of 1 injected found, median delay 32.0 points"));
  EXPECT_THAT(text, HasSubstr("p99 2.0"));
  EXPECT_THAT(text, HasSubstr("max 2.00 ms"));
}

// Who lets a second run send times before those of the first sees why nothing is found.
TEST(report, says_how_many_points_were_too_old_to_be_judged) {
  run_counters counts = counted();
  EXPECT_THAT(text_report(facts(), counts), Not(HasSubstr("older than")));
  counts.late = 4;
  EXPECT_THAT(text_report(facts(), counts), HasSubstr("  late        4 older than the newest point"));
  EXPECT_EQ(json::parse(json_report(facts(), counts))["late"], 4);
}

TEST(report, does_not_pretend_to_know_a_truth_it_has_not) {
  const std::string text = text_report(facts(), run_counters(score(1, {}, false, {})));
  EXPECT_THAT(text, HasSubstr("the truth is not known"));
  EXPECT_THAT(text, Not(HasSubstr("precision")));
}

TEST(report, says_that_nothing_is_known_of_findings_where_no_verdicts_were_asked_for) {
  run_counters counts = counted();
  counts.acknowledged = 4;
  run_facts run = facts();
  run.replies = "errors";
  const json object = json::parse(json_report(run, counts));
  EXPECT_EQ(object["replies"], "errors");
  EXPECT_EQ(object["acknowledged"], 4);
  for (const char* unknown : {"precision", "recall", "true_positives", "drifts", "alarms", "events"}) {
    EXPECT_TRUE(object.contains(unknown) && object[unknown].is_null()) << unknown;
  }
  const std::string text = text_report(run, counts);
  EXPECT_THAT(text, HasSubstr("errors: 4 points acknowledged without a verdict"));
  EXPECT_THAT(text, HasSubstr("not known"));
  run.replies = "marked";
  EXPECT_FALSE(json::parse(json_report(run, counts))["drifts"].is_null());
}

}  // namespace
}  // namespace spindrift
