#include "server/feed/aggregate_table.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace spindrift {
namespace {

constexpr std::size_t plenty = 1'000'000;

bool add(aggregate_table& table, const std::string& stream, const std::string& rest, std::size_t bytes_max = plenty) {
  const std::string text = R"({"type":"verdict","stream":")" + stream + '"' + rest + "}\n";
  published_line line;
  line.length = static_cast<std::uint32_t>(text.size());
  line.stream_begin = static_cast<std::uint32_t>(text.find(stream, 20));
  line.stream_length = static_cast<std::uint32_t>(stream.size());
  line.stream_hash = std::hash<std::string>()(stream);
  return table.add(line, text, stream, bytes_max);
}

std::string sent(aggregate_table& table, std::size_t bytes_max = plenty) {
  outbox box(bytes_max);
  table.put_into(box);
  std::string all;
  for (auto piece = box.take(); !piece.bytes.empty(); piece = box.take()) all += piece.bytes;
  return all;
}

TEST(aggregate_table, says_last_min_max_count_band_and_event_of_a_stream) {
  aggregate_table table;
  add(table, "cpu",
      R"(,"n":7,"ts":1000,"value":3,"expected":2,"sigma":1,"z":1,"anomaly":true,"by":"zscore",)"
      R"("drift":false,"event":17,"kind":"spike")");
  add(table, "cpu",
      R"(,"seq":2,"n":8,"ts":2000,"value":-1.5,"expected":2.5,"sigma":1,"z":0,"anomaly":false,"drift":false)");
  EXPECT_EQ(sent(table),
            R"({"type":"aggregate","stream":"cpu","n":8,"ts":2000,"count":2,"last":-1.5,"min":-1.5,"max":3,)"
            R"("band":{"expected":2.5,"sigma":1},"anomaly":true,"drift":false,"alarm":false,"event":17,"kind":"spike"})"
            "\n");
  EXPECT_TRUE(table.is_empty());
  EXPECT_EQ(table.bytes(), 0U);
}

TEST(aggregate_table, keeps_the_features_of_a_stream_apart) {
  aggregate_table table;
  const std::string rest = R"(,"expected":{"a":1,"b":2},"sigma":{"a":3,"b":4},"z":{"a":0,"b":0},"anomaly":false)";
  add(table, "pump", R"(,"n":1,"ts":1,"values":{"a":5,"b":-5})" + rest);
  add(table, "pump", R"(,"n":2,"ts":2,"values":{"b":6,"a":4})" + rest);
  EXPECT_EQ(sent(table),
            R"({"type":"aggregate","stream":"pump","n":2,"ts":2,"count":2,"last":{"a":4,"b":6},"min":{"a":4,"b":-5},)"
            R"("max":{"a":5,"b":6},"band":{"expected":{"a":1,"b":2},"sigma":{"a":3,"b":4}},"anomaly":false,)"
            R"("drift":false,"alarm":false})"
            "\n");
}

TEST(aggregate_table, becomes_coarser_when_the_viewer_has_no_room) {
  aggregate_table table;
  for (int i = 0; i < 2'000; ++i)
    add(table, "s" + std::to_string(i), R"(,"n":1,"ts":1,"value":1,"expected":1,"sigma":1)");
  outbox box(100'000);
  EXPECT_LT(table.put_into(box), 2'000U);
  EXPECT_FALSE(table.is_empty());
  for (auto piece = box.take(); !piece.bytes.empty(); piece = box.take()) {
    EXPECT_EQ(piece.bytes.find("\"gap\""), std::string::npos);
  }
  add(table, "s1999", R"(,"n":2,"ts":2,"value":9,"expected":1,"sigma":1)");
  EXPECT_NE(sent(table).find(R"("stream":"s1999","n":2,"ts":2,"count":2,"last":9,"min":1,"max":9)"), std::string::npos);
}

TEST(aggregate_table, takes_no_further_stream_when_it_is_full) {
  aggregate_table table;
  EXPECT_TRUE(add(table, "a", R"(,"n":1,"ts":1,"value":1,"expected":1,"sigma":1)", 1));
  EXPECT_FALSE(add(table, "b", R"(,"n":1,"ts":1,"value":1,"expected":1,"sigma":1)", 1));
  EXPECT_TRUE(add(table, "a", R"(,"n":2,"ts":2,"value":1,"expected":1,"sigma":1)", 1));
  EXPECT_NE(sent(table).find("\"count\":2"), std::string::npos);
}

}  // namespace
}  // namespace spindrift
