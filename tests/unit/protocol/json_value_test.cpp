// Trees of JSON: what is none, and what comes back.
#include "common/protocol/json_value.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace spindrift {
namespace {

TEST(json_value, what_is_read_is_written_on_one_line) {
  EXPECT_EQ(write_json(read_json(" { \"b\" : [ 1, 2.5, null, true ],\n \"a\" : \"x\\u00e4\" } ")),
            "{\"a\":\"x\u00e4\",\"b\":[1,2.5,null,true]}");
}

TEST(json_value, what_is_no_json_is_discarded) {
  const std::string deep(100000, '[');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("1 2"), std::string("1e999"), std::string("\"\xff\""), deep}) {
    EXPECT_TRUE(read_json(text).is_discarded()) << text.substr(0, 20);
  }
}

TEST(json_value, bytes_that_are_no_utf8_are_replaced) {
  EXPECT_EQ(write_json(nlohmann::json("a\xff!")), "\"a\xef\xbf\xbd!\"");
}

}  // namespace
}  // namespace spindrift
