// Reads secrets from where others cannot.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "server/alerts/delivery.hpp"

namespace spindrift {

secret_text read_secret(const std::string& file, const std::string& variable) {
  if (file.empty() && variable.empty()) return {};
  if (file.empty()) {
    const char* const text = std::getenv(variable.c_str());
    if (text == nullptr || *text == '\0') return {{}, "the variable " + variable + " of the environment is not set"};
    return {text, {}};
  }
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) return {{}, file + ": " + std::strerror(errno)};
  struct stat found {};
  std::array<char, 4097> bytes{};
  secret_text made;
  if (::fstat(opened, &found) != 0 || !S_ISREG(found.st_mode)) {
    made.wrong = file + ": is no file";
  } else if ((found.st_mode & 077U) != 0) {
    made.wrong = file + ": others may read it; chmod 600 it";
  } else {
    const auto count = ::read(opened, bytes.data(), bytes.size());
    if (count <= 0 || count == static_cast<ssize_t>(bytes.size())) {
      made.wrong = file + ": is empty, or longer than 4 KiB";
    } else {
      made.text.assign(bytes.data(), static_cast<std::size_t>(count));
    }
  }
  ::close(opened);
  while (!made.text.empty() && static_cast<unsigned char>(made.text.back()) <= ' ') made.text.pop_back();
  if (made.wrong.empty() && made.text.find_first_of("\r\n") != std::string::npos) {
    return {{}, file + ": has more than one line"};
  }
  return made;
}

std::vector<std::string> unreadable_secrets(const std::vector<alert_settings>& alerts) {
  std::vector<std::string> found;
  for (const alert_settings& alert : alerts) {
    const auto look = [&](const char* key, const std::string& file, const std::string& variable) {
      const std::string wrong = read_secret(file, variable).wrong;
      if (!wrong.empty()) found.push_back("alert " + alert.name + ": " + key + ": " + wrong);
    };
    look(alert.secret_file.empty() ? "secret_env" : "secret_file", alert.secret_file, alert.secret_env);
    look("url_file", alert.url_file, {});
  }
  return found;
}

}  // namespace spindrift
