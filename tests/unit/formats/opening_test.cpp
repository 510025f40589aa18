// The first bytes of a connection: what is told apart, and what is said about it.
#include "server/formats/opening.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift::formats {
namespace {

using namespace std::string_view_literals;

std::string shown(std::string_view bytes, bool is_whole = false) {
  const opening found = look_at(bytes, is_whole);
  switch (found.is) {
    case opening::kind::undecided:
      return "undecided";
    case opening::kind::frames:
      return "frames " + std::to_string(found.skip);
    case opening::kind::counted:
      return "counted";
    case opening::kind::unreadable:
      return found.advice;
  }
  return "";
}

struct sign {
  std::string_view bytes;
  std::string_view word;
};

TEST(opening, names_what_nobody_here_reads) {
  for (const sign& row : {
           sign{"\x16\x03\x01\x00\xc8\x01"sv, "TLS"},
           {"\x1f\x8b\x08\x00"sv, "gzip"},
           {"\x28\xb5\x2f\xfd\x04"sv, "zstd"},
           {"\x92\xd7\x00\x6a\xfe"sv, "msgpack"},
           {"\x81\xa5"sv, "msgpack"},
           {"\xdd\x00\x00\x00\x02"sv, "msgpack"},
           {"\xff\xfe{\x00\"\x00"sv, "UTF-16"},
           {"{\x00\"\x00s\x00t\x00"sv, "UTF-16"},
           {"\x00{\x00\"\x00s"sv, "UTF-16"},
           {"l\x00o\x00"
            "a\x00"
            "d\x00"sv,
            "UTF-16"},
           {"[object Object]"sv, "JSON"},
           {"GET /metrics HTTP/1.1\r\n"sv, "HTTP"},
           {"POST / HTTP/1.0\r\n"sv, "HTTP"},
           {"PRI * HTTP/2.0\r\n"sv, "HTTP"},
           {"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"sv, "PROXY"},
           {"\r\n\r\n\0\r\nQUIT\n\x21\x11"sv, "PROXY"},
           {"\x10\x13\x00\x04MQTT\x04\x02"sv, "MQTT"},
           {"ZBXD\x01\x10"sv, "Zabbix"},
           {"*3\r\n$3\r\nSET\r\n"sv, "Redis"},
           {"\x00\x00\x01\x10\x80\x02]q"sv, "pickle"},
           {"\x80\x04\x95"sv, "pickle"},
           {"\x0a\x1b\x0a\x03"sv, "protobuf"},
           {"\x00\x00\x00\x20{\"stream\""sv, "length"},
           {"\xbf\x61"sv, "CBOR"},
           {"SSH-2.0-OpenSSH\r\n"sv, "SSH"},
           {"EHLO me\r\n"sv, "SMTP"},
           {"CONNECT {\"verbose\":false}\r\n"sv, "NATS"},
           {"CONNECT\naccept-version:1.2\n"sv, "STOMP"},
           {"PING\r\n"sv, "Redis"},
           {"<?xml version=\"1.0\"?>"sv, "XML"},
           {"CEF:0|a|b"sv, "CEF"},
           {"PUTVAL \"a/b/c\" N:1"sv, "collectd"},
           {"abc\x01\x02"sv, "binary"},
       }) {
    EXPECT_NE(shown(row.bytes).find(row.word), std::string::npos) << row.word << ": " << shown(row.bytes);
  }
}

TEST(opening, lets_text_through) {
  for (const sign& row : {
           sign{"{\"a\":1}\n"sv, "frames 0"},
           {"\xef\xbb\xbf\xef\xbb\xbf{\"a\":1}\r\n"sv, "frames 6"},
           {"\n\r\n  load 12.5\n"sv, "frames 5"},
           {"\0{\"a\":1}"sv, "frames 1"},
           {"GETTING.better 12 1795286073\n"sv, "frames 0"},
           {"GET 12.5\n"sv, "frames 0"},
           {"put a 1795286073 1\n"sv, "frames 0"},
           {"\xd0\xba\xd1\x83\xd1\x85 12.5\n"sv, "frames 0"},
           {"\xe6\xb8\xa9\xe5\xba\xa6 12.5\n"sv, "frames 0"},
           {"\xdf\xbf 12.5\n"sv, "frames 0"},
           {"[{\"a\":1}]"sv, "frames 0"},
           {"12.5\n"sv, "frames 0"},
           {"117 <13>1 "sv, "counted"},
           {"30 {\"value\":1}"sv, "counted"},
       }) {
    EXPECT_EQ(shown(row.bytes), row.word) << row.bytes;
  }
}

TEST(opening, waits_where_more_would_decide) {
  for (const std::string_view bytes :
       {""sv, "\n"sv, "\xef\xbb\xbf"sv, "P"sv, "POST"sv, "GET /met"sv, "1"sv, "117"sv, "[obj"sv, "\r\n\r\n"sv}) {
    EXPECT_EQ(shown(bytes), "undecided") << bytes;
  }
  EXPECT_EQ(shown("P", true), "frames 0");
  EXPECT_EQ(shown("117", true), "counted");
}

TEST(opening, cuts_frames_by_their_length) {
  EXPECT_EQ(cut_counted("5 <13>x").is, counted_frame::kind::whole);
  EXPECT_EQ(cut_counted("6 <13>x").is, counted_frame::kind::partial);
  EXPECT_EQ(cut_counted("5 ").is, counted_frame::kind::partial);
  EXPECT_EQ(cut_counted("5 x").is, counted_frame::kind::none);
  EXPECT_EQ(cut_counted("5.5").is, counted_frame::kind::none);
  EXPECT_EQ(cut_counted("9999999 <").is, counted_frame::kind::none);
  EXPECT_EQ(cut_counted("05 <13>x").is, counted_frame::kind::none);
  EXPECT_EQ(cut_counted("").is, counted_frame::kind::none);
}

TEST(opening, says_of_csv_how_it_is_sent) {
  EXPECT_EQ(likeness("time,value"), "CSV; spindrift-sim --replay FILE sends it");
  EXPECT_EQ(likeness("level=info msg=a,b"), "logfmt");
}

}  // namespace
}  // namespace spindrift::formats
