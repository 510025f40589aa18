// Numbers from stdin to a stream, verdicts to stdout; reconnects and resumes. POSIX sockets and the standard library.
//
//     g++ -std=c++17 -o client client.cpp && ./client PRODUCER STREAM [HOST [PORT]]
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <string>
#include <thread>

class client {
public:
  client(std::string producer, std::string host, std::string port)
      : producer_(std::move(producer)), host_(std::move(host)), port_(std::move(port)) {
    connect();
  }

  void send(const std::string& stream, const std::string& number) {
    ++seq_;
    if (unanswered_.empty()) first_ = seq_;
    unanswered_.push_back("{\"stream\":\"" + stream + "\",\"value\":" + number + ",\"seq\":" + std::to_string(seq_) +
                          "}\n");
    if (!write(unanswered_.back())) connect();
    wait(512);  // points without a verdict; the server keeps 1,024
  }

  // Prints verdicts until at most `left` points have none.
  void wait(std::size_t left) {
    while (unanswered_.size() > left) {
      std::string line;
      if (!read(line)) {
        connect();
      } else if (seq_of(line) == first_) {
        unanswered_.pop_front();
        ++first_;
        std::cout << line << '\n';
      }
    }
  }

private:
  void connect() {
    for (auto pause = std::chrono::milliseconds(100);; pause = std::min(2 * pause, std::chrono::milliseconds(10'000))) {
      std::string welcome;
      if (dial() && write("{\"op\":\"hello\",\"producer\":\"" + producer_ + "\"}\n") && read(welcome)) {
        if (welcome.find("\"welcome\"") == std::string::npos) std::exit((std::cerr << welcome << '\n', 1));
        seq_ = std::max(seq_, seq_of(welcome));
        bool is_sent = true;
        for (const std::string& line : unanswered_) is_sent = is_sent && write(line);
        if (is_sent) return;
      }
      std::cerr << "no server; again in " << pause.count() << " ms\n";
      std::this_thread::sleep_for(pause);
    }
  }

  bool dial() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    came_.clear();
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host_.c_str(), port_.c_str(), &wanted, &found) != 0) return false;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
      socket_ = ::socket(at->ai_family, at->ai_socktype, at->ai_protocol);
      if (socket_ >= 0 && ::connect(socket_, at->ai_addr, at->ai_addrlen) == 0) break;
      if (socket_ >= 0) ::close(socket_);
      socket_ = -1;
    }
    ::freeaddrinfo(found);
    return socket_ >= 0;
  }

  bool write(const std::string& text) {
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t bytes = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (bytes <= 0) return false;
      sent += static_cast<std::size_t>(bytes);
    }
    return true;
  }

  bool read(std::string& line) {
    std::size_t end = 0;
    while ((end = came_.find('\n')) == std::string::npos) {
      char piece[4'096];
      const ssize_t bytes = ::recv(socket_, piece, sizeof piece, 0);
      if (bytes <= 0) return false;
      came_.append(piece, static_cast<std::size_t>(bytes));
    }
    line = came_.substr(0, end);
    came_.erase(0, end + 1);
    return true;
  }

  // Of a welcome the "last_seq", of a verdict the "seq".
  static unsigned long long seq_of(const std::string& line) {
    const std::size_t at = line.find("seq\":");
    return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at + 5, nullptr, 10);
  }

  std::string producer_, host_, port_, came_;
  int socket_ = -1;
  unsigned long long seq_ = 0, first_ = 1;
  std::deque<std::string> unanswered_;
};

int main(int count, char** words) {
  if (count < 3) return 2;
  client to(words[1], count > 3 ? words[3] : "127.0.0.1", count > 4 ? words[4] : "7171");
  for (std::string number; std::getline(std::cin, number);) to.send(words[2], number);
  to.wait(0);
}
