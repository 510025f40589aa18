// One attempt to hand a message over: by libcurl (HTTP, TLS verified, SMTP with STARTTLS), or to a program.
//
// Blocks for at most the alert's timeout; `stops` is looked at meanwhile and ends it early. Each sender belongs to one
// thread. SIGPIPE has to be ignored: a program may leave its input unread. Nothing throws; what went wrong is said in
// words without secrets.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/alerts/alert_settings.hpp"
#include "server/alerts/notice.hpp"

namespace spindrift {

struct delivery {
  enum class end : std::uint8_t { acknowledged, failed, refused };
  end as = end::failed;  // refused: the receiver wants none of it, and will not want it later
  std::string reason{};
};

struct outgoing {
  std::string id;  // the same for each attempt
  std::vector<queued_notice> notices;
  std::int64_t now_ms = 0;
};

class alert_sender {
public:
  virtual ~alert_sender() = default;
  virtual delivery send(const alert_settings& alert, const outgoing& message, const std::atomic<bool>& stops) = 0;
};

std::unique_ptr<alert_sender> make_curl_sender();
std::unique_ptr<alert_sender> make_exec_sender();
std::unique_ptr<alert_sender> make_sender(const alert_settings& alert);

// A secret from a file that nobody but its owner may read, at most 4 KiB, without the blanks at its end; from a
// variable of the environment; or none.
struct secret_text {
  std::string text{};
  std::string wrong{};  // what is wrong; names the file, not what it holds
};
secret_text read_secret(const std::string& file, const std::string& variable);

// What stands now in the way of sending: "alert oncall: secret_file: FILE: others may read it; chmod 600 it". A
// warning, since secrets are read anew for each message.
std::vector<std::string> unreadable_secrets(const std::vector<alert_settings>& alerts);

}  // namespace spindrift
