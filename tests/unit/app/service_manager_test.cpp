// What whoever started the server is told, by a datagram.
#include "server/app/service_manager.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace spindrift {
namespace {

using testing::MatchesRegex;

// The socket of a service manager, in the file system or in the abstract namespace (`@` first).
class manager_socket {
public:
  explicit manager_socket(const std::string& name) : name_(name) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.c_str(), name.size());
    if (name[0] == '@') at.sun_path[0] = '\0';
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), bytes), 0) << std::strerror(errno);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~manager_socket() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
    if (name_[0] != '@') std::filesystem::remove(name_);
  }
  manager_socket(const manager_socket&) = delete;
  manager_socket& operator=(const manager_socket&) = delete;

  // The next datagram; empty: there is none.
  std::string heard() const {
    char bytes[256];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    return {bytes, count > 0 ? static_cast<std::size_t>(count) : 0};
  }

private:
  std::string name_;
  int socket_ = -1;
};

std::string manager_name() {
  return testing::TempDir() + "spindrift_notify_" + std::to_string(::getpid());
}

TEST(service_manager, hears_each_state_as_one_datagram) {
  const manager_socket systemd(manager_name());
  tell_service_manager("READY=1");
  tell_service_manager("STOPPING=1");
  EXPECT_EQ(systemd.heard(), "READY=1");
  EXPECT_EQ(systemd.heard(), "STOPPING=1");
  EXPECT_EQ(systemd.heard(), "");
}

TEST(service_manager, may_listen_in_the_abstract_namespace) {
  const manager_socket systemd("@spindrift_notify_" + std::to_string(::getpid()));
  tell_service_manager("READY=1");
  EXPECT_EQ(systemd.heard(), "READY=1");
}

TEST(service_manager, hears_when_a_reload_began_in_microseconds) {
  const manager_socket systemd(manager_name());
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  tell_of_reload();
  const std::string said = systemd.heard();
  EXPECT_THAT(said, MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  EXPECT_GE(std::atoll(said.c_str() + said.rfind('=') + 1), std::int64_t{now.tv_sec} * 1'000'000);
}

TEST(service_manager, that_is_not_there_keeps_nobody_waiting) {
  ::unsetenv("NOTIFY_SOCKET");
  tell_service_manager("READY=1");
  ::setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);
  tell_service_manager("READY=1");
  ::setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
  tell_service_manager("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
}

TEST(service_manager, is_told_twice_in_the_time_that_it_waits) {
  ::unsetenv("WATCHDOG_PID");
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_EQ(watchdog_interval().count(), 0);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(watchdog_interval().count(), 15'000);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_interval().count(), 15'000);
  ::setenv("WATCHDOG_PID", std::to_string(::getppid()).c_str(), 1);
  EXPECT_EQ(watchdog_interval().count(), 0) << "the watchdog is another's";
  ::unsetenv("WATCHDOG_PID");
  ::unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace spindrift
