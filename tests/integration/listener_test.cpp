// The ways in: several addresses, Unix sockets, datagrams, clients behind a proxy.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <regex>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

// What a client that sends this and half-closes is answered.
std::string answer_by(int fd, const std::string& sent) {
  EXPECT_EQ(::send(fd, sent.data(), sent.size(), MSG_NOSIGNAL), static_cast<ssize_t>(sent.size()));
  ::shutdown(fd, SHUT_WR);
  std::string all;
  char piece[4096];
  for (ssize_t size = 0; (size = ::recv(fd, piece, sizeof piece, 0)) > 0;)
    all.append(piece, static_cast<std::size_t>(size));
  ::close(fd);
  return all;
}

int connect_to(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

// The address that follows these words in what the daemon prints.
std::string printed(daemon_process& daemon, const std::string& pattern) {
  std::smatch found;
  std::string said;
  EXPECT_TRUE(daemon.process().wait_output([&](const std::string& out, const std::string&) {
    said = out;
    return std::regex_search(said, found, std::regex(pattern));
  })) << said;
  return found.empty() ? std::string() : found[1].str();
}

TEST(listener, a_unix_socket_serves_clients_with_its_mode_and_is_gone_at_the_end) {
  const scratch_folder folder;
  const std::string path = folder.file("s.sock");
  daemon_process daemon = start_daemon({"--listen", "127.0.0.1:0", "--listen", "unix:" + path + "?mode=0600"});
  struct stat made {};
  ASSERT_EQ(::stat(path.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0600U);
  const std::string answer = answer_by(connect_to(path), "{\"stream\":\"a\",\"value\":1}\n");
  EXPECT_THAT(answer, HasSubstr("\"type\":\"verdict\",\"stream\":\"a\""));
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(), 0);
  EXPECT_NE(::stat(path.c_str(), &made), 0);
}

TEST(listener, what_a_killed_server_left_is_replaced_and_nothing_else) {
  const scratch_folder folder;
  const std::string path = folder.file("s.sock");
  {
    daemon_process killed = start_daemon({"--listen", "127.0.0.1:0", "--listen", "unix:" + path});
    killed.process().send_signal(SIGKILL);
    killed.process().wait_exit();
  }
  struct stat left {};
  ASSERT_EQ(::stat(path.c_str(), &left), 0);
  daemon_process daemon = start_daemon({"--listen", "127.0.0.1:0", "--listen", "unix:" + path});
  const child_result second =
      run_to_end({program("spindriftd"), "--state-dir", "off", "--http", "off", "--listen", "unix:" + path});
  EXPECT_NE(second.exit_code, 0);
  EXPECT_THAT(second.errors, HasSubstr("in use"));
  const std::string file = folder.write("file", "precious");
  const child_result third =
      run_to_end({program("spindriftd"), "--state-dir", "off", "--http", "off", "--listen", "unix:" + file});
  EXPECT_NE(third.exit_code, 0);
  EXPECT_EQ(read_file(file), "precious");
  EXPECT_THAT(answer_by(connect_to(path), "{\"value\":1}\n"), HasSubstr("verdict"));
}

TEST(listener, each_address_has_its_format) {
  daemon_process daemon =
      start_daemon({"--listen", "127.0.0.1:0", "--listen", "tcp://127.0.0.1:0?format=graphite&replies=on"});
  const std::string other = printed(daemon, "listening on [^\n]*\nlistening on 127\\.0\\.0\\.1:(\\d+)\n");
  tcp_client pinned(static_cast<std::uint16_t>(std::stoi(other)));
  pinned.send("a.b 2 1795286073\n");
  EXPECT_TRUE(is_verdict(parsed(pinned.read_line())));
  tcp_client first(daemon.port());
  first.send("a.b 3 1795286074\n");
  const json shown = ask(first, "{\"op\":\"ping\"}");
  EXPECT_EQ(shown["type"], "pong");
}

TEST(listener, a_datagram_is_whole_lines_and_hears_nothing) {
  daemon_process daemon = start_daemon({"--listen", "127.0.0.1:0", "--listen", "udp://127.0.0.1:0"});
  const std::string port = printed(daemon, "udp://127\\.0\\.0\\.1:(\\d+)\n");
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto send = [&](const std::string& bytes) {
    EXPECT_EQ(::sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(bytes.size()));
  };
  send("api.latency:10|ms\nload 1.5");
  send("{\"stream\":\"j\",\"value\":1}\n{\"stream\":\"j\",\"value\":2}");
  send("GET / HTTP/1.1\r\n\r\n");
  send("{\"op\":\"hello\",\"producer\":\"p\"}\n");
  send("{\"stream\":\"last\",\"value\":3}\n");
  EXPECT_TRUE(eventually([&] { return stats(daemon)["datagrams"] == 5; }));
  const json shown = stats(daemon);
  EXPECT_EQ(shown["points"], 5);
  EXPECT_EQ(shown["streams"], 4);
  EXPECT_EQ(shown["producers"], 0);
  EXPECT_EQ(shown["datagrams_refused"], 2);
  char answer = 0;
  EXPECT_EQ(::recv(fd, &answer, 1, MSG_DONTWAIT), -1);
  ::close(fd);
}

TEST(listener, behind_a_proxy_the_client_is_the_one_it_names) {
  daemon_process daemon = start_daemon({"--proxy-protocol", "--log-level", "debug"});
  tcp_client client(daemon.port());
  client.send("PROXY TCP4 192.0.2.1 192.0.2.2 4711 7171\r\n{\"value\":1}\n");
  EXPECT_TRUE(is_verdict(parsed(client.read_line())));
  client.finish_sending();
  client.read_to_end();
  EXPECT_TRUE(daemon.process().wait_output(
      [](const std::string&, const std::string& log) { return log.find("peer=192.0.2.1:4711") != std::string::npos; }));
}

TEST(listener, with_and_without_the_option_the_other_is_told_what_to_do) {
  daemon_process with = start_daemon({"--proxy-protocol"});
  tcp_client bare(with.port());
  bare.send("{\"stream\":\"a\",\"value\":1}\n");
  EXPECT_THAT(parsed(bare.read_line())["message"].get<std::string>(), HasSubstr("send-proxy"));
  daemon_process without = start_daemon();
  tcp_client proxied(without.port());
  proxied.send("PROXY TCP4 192.0.2.1 192.0.2.2 4711 7171\r\n{\"value\":1}\n");
  EXPECT_THAT(parsed(proxied.read_line())["message"].get<std::string>(), HasSubstr("--proxy-protocol"));
}

}  // namespace
}  // namespace spindrift
