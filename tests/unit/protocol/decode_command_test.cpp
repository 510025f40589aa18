#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/query_limits.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

frame decoded(std::string_view text) {
  decoder frames;
  const support::padded_text padded(text);
  frame found = frames.decode(padded.view());
  EXPECT_FALSE(std::holds_alternative<point>(found)) << text;
  return found;
}

template <class Command>
Command as(std::string_view text) {
  const frame found = decoded(text);
  const auto* const read = std::get_if<command_frame>(&found);
  if (read == nullptr || !std::holds_alternative<Command>(read->order)) {
    ADD_FAILURE() << text;
    return {};
  }
  return std::get<Command>(read->order);
}

std::string code_of(std::string_view text) {
  const frame found = decoded(text);
  const auto* const wrong = std::get_if<protocol_error>(&found);
  return wrong != nullptr ? std::string(name_of(wrong->code)) : "taken";
}

std::string id_of(std::string_view text) {
  const frame found = decoded(text);
  if (const auto* const wrong = std::get_if<protocol_error>(&found)) return wrong->id;
  const auto* const taken = std::get_if<command_frame>(&found);
  return taken != nullptr ? taken->id : "no command";
}

TEST(decode_command, reads_hello) {
  const auto hello = as<hello_command>(R"({"op":"hello","producer":"plant-7","token":"s\u0065cret"})");
  EXPECT_EQ(hello.producer, "plant-7");
  EXPECT_EQ(hello.token, "secret");
  EXPECT_EQ(as<hello_command>(R"({"op":"hello"})").producer, "");
  EXPECT_FALSE(hello.reset);
  EXPECT_TRUE(as<hello_command>(R"({"op":"hello","producer":"plant-7","reset":true})").reset);
}

TEST(decode_command, reads_which_replies_a_hello_wants_and_names_them_to_whoever_says_another_word) {
  EXPECT_FALSE(as<hello_command>(R"({"op":"hello"})").replies);
  EXPECT_EQ(as<hello_command>(R"({"op":"hello","replies":"all"})").replies, reply_choice::all);
  EXPECT_EQ(as<hello_command>(R"({"op":"hello","replies":"marked"})").replies, reply_choice::marked);
  EXPECT_EQ(as<hello_command>(R"({"op":"hello","producer":"p","replies":"errors"})").replies, reply_choice::errors);
  for (const char* wrong : {R"("none")", R"("")", "3", "null", R"(["all"])", R"("a word that is far too long")"}) {
    const frame found = decoded(std::string(R"({"op":"hello","replies":)") + wrong + "}");
    const auto* const error = std::get_if<protocol_error>(&found);
    ASSERT_NE(error, nullptr) << wrong;
    EXPECT_EQ(error->code, error_code::bad_frame);
    EXPECT_EQ(error->message, R"("replies" is not "all", "marked" or "errors")");
  }
}

TEST(decode_command, reads_subscribe) {
  const auto some = as<subscribe_command>(R"({"op":"subscribe","streams":["cpu.*","m?m"],"only":"events"})");
  EXPECT_EQ(some.streams, (std::vector<std::string>{"cpu.*", "m?m"}));
  EXPECT_EQ(some.only, subscribe_command::choice::events);
  EXPECT_FALSE(some.updates);
  const auto marked = as<subscribe_command>(R"({"op":"subscribe","only":"marked","updates":true})");
  EXPECT_EQ(marked.only, subscribe_command::choice::marked);
  EXPECT_TRUE(marked.updates);
  const auto all = as<subscribe_command>(R"({"op":"subscribe"})");
  EXPECT_EQ(all.streams, std::vector<std::string>{"*"});
  EXPECT_EQ(all.only, subscribe_command::choice::all);
  EXPECT_EQ(as<subscribe_command>(R"({"op":"subscribe","only":"all"})").only, subscribe_command::choice::all);
  EXPECT_EQ(as<subscribe_command>(R"({"op":"subscribe","streams":"cpu"})").streams, std::vector<std::string>{"cpu"});
}

TEST(decode_command, reads_the_commands_without_fields) {
  as<unsubscribe_command>(R"({"op":"unsubscribe"})");
  as<ping_command>(R"({"op":"ping"})");
  as<stats_command>(R"({"op":"stats"})");
}

TEST(decode_command, reads_streams_and_history) {
  EXPECT_EQ(as<streams_command>(R"({"op":"streams"})").match, "*");
  EXPECT_EQ(as<streams_command>(R"({"op":"streams"})").limit, 100U);
  const auto listed = as<streams_command>(R"({"op":"streams","match":"a*","limit":7})");
  EXPECT_EQ(listed.match, "a*");
  EXPECT_EQ(listed.limit, 7U);
  const auto past = as<history_command>(R"({"op":"history","streams":["a"],"since":1764000000000,"limit":5})");
  EXPECT_EQ(past.streams, std::vector<std::string>{"a"});
  EXPECT_EQ(past.since, 1'764'000'000'000);
  EXPECT_EQ(past.limit, 5U);
  EXPECT_EQ(as<history_command>(R"({"op":"history","since":"1970-01-01T00:00:01Z"})").since, 1'000);
  EXPECT_EQ(as<history_command>(R"({"op":"history","since":-5})").since, -5);
  const auto worst =
      as<history_command>(R"({"op":"history","until":9,"kinds":["shift","stuck"],"severity":50,"state":"open"})");
  EXPECT_EQ(worst.until, 9);
  EXPECT_EQ(worst.kinds, (std::vector{event_kind::shift, event_kind::stuck}));
  EXPECT_EQ(worst.severity, 50);
  EXPECT_EQ(worst.state, event_state::open);
  EXPECT_EQ(as<history_command>(R"({"op":"history","kinds":"silent"})").kinds, std::vector{event_kind::silent});
}

TEST(decode_command, cuts_a_limit_to_the_largest_listing) {
  EXPECT_EQ(as<streams_command>(R"({"op":"streams","limit":1001})").limit, limits::listing_max);
  EXPECT_EQ(as<streams_command>(R"({"op":"streams","limit":18446744073709551615})").limit, limits::listing_max);
}

TEST(decode_command, finds_op_anywhere_and_ignores_other_fields) {
  as<ping_command>(R"({"value":"no number","stream":"**","seq":-1,"x":{"op":"hello"},"op":"ping"})");
  as<ping_command>(R"({"\u006fp":"p\u0069ng"})");
}

TEST(decode_command, refuses_fields_of_a_wrong_form) {
  for (const char* const text : {R"({"op":"hello","producer":5})",
                                 R"({"op":"hello","producer":"a b"})",
                                 R"({"op":"hello","producer":""})",
                                 R"({"op":"hello","producer":null})",
                                 R"({"op":"hello","producer":"a","reset":1})",
                                 R"({"op":"hello","reset":true})",
                                 R"({"op":"hello","token":[]})",
                                 R"({"op":"subscribe","streams":[]})",
                                 R"({"op":"subscribe","streams":[1]})",
                                 R"({"op":"subscribe","streams":[""]})",
                                 R"({"op":"subscribe","streams":{}})",
                                 R"({"op":"subscribe","only":"some"})",
                                 R"({"op":"subscribe","only":true})",
                                 R"({"op":"streams","limit":0})",
                                 R"({"op":"streams","limit":-1})",
                                 R"({"op":"streams","limit":1.5})",
                                 R"({"op":"streams","limit":"10"})",
                                 R"({"op":"streams","match":7})",
                                 R"({"op":"history","since":"long ago"})",
                                 R"({"op":"history","since":1.5})",
                                 R"({"op":"history","until":{}})",
                                 R"({"op":"history","kinds":["spikes"]})",
                                 R"({"op":"history","kinds":7})",
                                 R"({"op":"history","severity":0})",
                                 R"({"op":"history","severity":101})",
                                 R"({"op":"history","severity":"high"})",
                                 R"({"op":"history","state":"half"})",
                                 R"({"op":"history","state":1})",
                                 R"({"op":"subscribe","updates":1})",
                                 R"({"op":"subscribe","every_ms":9})",
                                 R"({"op":"subscribe","every_ms":60001})",
                                 R"({"op":"subscribe","every_ms":50,"only":"marked"})",
                                 R"({"op":"recent","points":0})",
                                 R"({"op":"learn","on":"yes"})",
                                 R"({"op":"history","since":18446744073709551615})",
                                 R"({"op":"ping","id":{}})",
                                 R"({"op":"ping","id":true})",
                                 R"({"op":"ping","id":null})",
                                 R"({"op":["ping"]})",
                                 R"({"op":{"op":"ping"}})"}) {
    EXPECT_EQ(code_of(text), "bad_frame") << text;
  }
}

TEST(decode_command, holds_texts_to_their_limits) {
  const auto with = [](const char* begin, std::size_t length, const char* end) {
    return code_of(begin + std::string(length, 'a') + end);
  };
  EXPECT_EQ(with(R"({"op":"hello","producer":")", 128, "\"}"), "taken");
  EXPECT_EQ(with(R"({"op":"hello","producer":")", 129, "\"}"), "bad_frame");
  EXPECT_EQ(with(R"({"op":"hello","token":")", 256, "\"}"), "taken");
  EXPECT_EQ(with(R"({"op":"hello","token":")", 257, "\"}"), "bad_frame");
  EXPECT_EQ(with(R"({"op":"subscribe","streams":[")", 256, "\"]}"), "taken");
  EXPECT_EQ(with(R"({"op":"subscribe","streams":[")", 257, "\"]}"), "bad_frame");
  EXPECT_EQ(with(R"({"op":"ping","id":")", 128, "\"}"), "taken");
  EXPECT_EQ(with(R"({"op":"ping","id":")", 129, "\"}"), "bad_frame");
  EXPECT_EQ(code_of(R"({"op":"subscribe","streams":"*a*a*a*"})"), "taken");
  EXPECT_EQ(code_of(R"({"op":"subscribe","streams":"*a*a*a*a*"})"), "bad_frame");
  EXPECT_EQ(code_of(R"({"op":"history","streams":["a","*****"]})"), "bad_frame");
  EXPECT_EQ(code_of(R"({"op":"streams","match":"*a*a*a*a*"})"), "bad_frame");
  EXPECT_EQ(code_of(R"({"op":"streams","match":""})"), "taken");
  std::string patterns = "\"a\"";
  for (int i = 1; i < 64; ++i) patterns += ",\"a\"";
  EXPECT_EQ(code_of("{\"op\":\"subscribe\",\"streams\":[" + patterns + "]}"), "taken");
  EXPECT_EQ(code_of("{\"op\":\"subscribe\",\"streams\":[" + patterns + ",\"a\"]}"), "bad_frame");
}

TEST(decode_command, does_not_know_other_commands) {
  EXPECT_EQ(code_of(R"({"op":"publish"})"), "unknown_op");
  EXPECT_EQ(code_of(R"({"op":""})"), "unknown_op");
  EXPECT_EQ(code_of(R"({"op":"PING"})"), "unknown_op");
}

TEST(decode_command, calls_a_number_beyond_double_a_bad_value) {
  EXPECT_EQ(code_of(R"({"op":"streams","limit":1e999})"), "bad_value");
  EXPECT_EQ(code_of(R"({"op":"ping","value":1e999,"id":7})"), "bad_value");
  EXPECT_EQ(id_of(R"({"op":"ping","value":1e999,"id":7})"), "7");
  EXPECT_EQ(code_of(R"({"op":"ping","id":1e999})"), "bad_value");
  EXPECT_EQ(id_of(R"({"op":"ping","id":1e999})"), "") << "what is not read back as a number is not written";
}

// No rounding, no other spelling: what comes back is what was sent.
TEST(decode_command, keeps_the_id_as_it_was_written) {
  for (const char* const id : {"7", "-1", "1.50", "1e2", "123456789012345678901234567890", "\"a\"", "\"\"",
                               "\"\\u00e9\\n\"", "\"\xc3\xa9\""}) {
    EXPECT_EQ(id_of("{\"op\":\"ping\",\"id\":" + std::string(id) + "}"), id);
    EXPECT_EQ(id_of("{\"id\" : " + std::string(id) + " ,\"op\":\"ping\"}"), id);
  }
  EXPECT_EQ(id_of(R"({"op":"ping"})"), "");
}

TEST(decode_command, gives_the_id_to_its_errors_too) {
  EXPECT_EQ(id_of(R"({"op":"nonsense","id":"x"})"), "\"x\"");
  EXPECT_EQ(id_of(R"({"id":3,"op":"streams","limit":0})"), "3");
}

TEST(decode_command, reads_back_what_encode_writes) {
  for (const command_frame& sent : std::vector<command_frame>{
           {"", hello_command{}},
           {"\"x\"", hello_command{"plant-7", "t\"\\\x01\xc3\xa9"}},
           {"", hello_command{"plant-7", "", true, reply_choice::marked}},
           {"1", subscribe_command{{"a*", "b?"}, subscribe_command::choice::marked, true}},
           {"", subscribe_command{{"*"}, subscribe_command::choice::all, false, 100}},
           {"3", recent_command{"cpu", 12}},
           {"", learn_command{}},
           {"4", learn_command{false}},
           {"", unsubscribe_command{}},
           {"", ping_command{}},
           {"", stats_command{}},
           {"", streams_command{"x\"*", 17}},
           {"2", history_command{{"a", "b"}, -5, 1'000}},
           {"",
            history_command{{"a"}, 1, 2, 3, {event_kind::shift, event_kind::stuck}, 50, event_state::open, true}}}) {
    std::string line;
    encode(sent, line);
    ASSERT_TRUE(nlohmann::json::accept(line)) << line;
    const frame found = decoded(line);
    const auto* const read = std::get_if<command_frame>(&found);
    ASSERT_NE(read, nullptr) << line;
    std::string again;
    encode(*read, again);
    EXPECT_EQ(again, line);
  }
}

}  // namespace
}  // namespace spindrift
