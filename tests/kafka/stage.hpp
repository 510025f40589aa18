// What the proofs on a real broker share: one broker a program, topics of a test's own, workers, points and what an
// undisturbed engine says of them.
//
// Functions throw std::runtime_error at their deadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/kafka/broker.hpp"
#include "tests/kafka/topic.hpp"
#include "tests/support/child_process.hpp"

namespace spindrift::kafka_test {

// Of the whole program; made with the first call. It has a second listener, with TLS, SASL and ACLs.
broker& shared_broker();
inline constexpr const char* secure_password = "correct horse";

// The topics of one test, and its group: "NAME-points" and so on.
struct topics {
  topics(std::string name, int partition_count, bool makes_them = true, broker& of = shared_broker());
  std::string name;
  int partitions;
  broker& on;
  std::string points() const { return name + "-points"; }
  std::string verdicts() const { return name + "-verdicts"; }
  std::string events() const { return name + "-events"; }
  std::string dead_letters() const { return name + "-dead-letters"; }
  std::string snapshots() const { return name + "-snapshots"; }
  // What a worker on them is started with.
  std::vector<std::string> flags() const;
};

// A spindrift-worker of a test's own: short timeouts, HTTP on a free port.
class worker {
public:
  worker(const topics& on, std::string id, std::vector<std::string> more = {});

  // Since the process may be killed and begun again under the same id.
  void start();
  void signal(int number) { process_->send_signal(number); }
  // The exit code; throws at the deadline.
  int wait_end(std::chrono::seconds patience = std::chrono::seconds(30));
  // Until /readyz says so.
  void wait_ready();
  // The sum of a metric's lines; 0 where there is none.
  double metric(std::string_view name);
  std::string get(std::string_view path);
  std::string errors() const { return process_->errors(); }
  bool is_running() const { return process_ && process_->is_running(); }

private:
  std::vector<std::string> command_;
  std::unique_ptr<support::child_process> process_;
};

struct measured {
  std::string stream;
  std::string line;
};

// Noisy levels with a spike now and then, `count` points of `streams` streams in turn.
std::vector<measured> make_points(std::size_t count, std::size_t streams, std::uint64_t seed);
// Where each of these goes: the partition of its stream by Java's hash.
void write_points(writer& by, const topics& to, const std::vector<measured>& points, std::size_t begin,
                  std::size_t end);

using lines_by_stream = std::map<std::string, std::vector<std::string>>;
// Verdict lines of spindrift-detect, with the same flags.
lines_by_stream expected_of(const std::vector<measured>& points, const std::vector<std::string>& flags = {});

struct judgement {
  std::size_t lines = 0;
  std::size_t missing = 0;
  std::size_t twice = 0;
  std::size_t different = 0;
  std::string first_wrong{};
  bool is_good() const { return missing == 0 && twice == 0 && different == 0; }
  std::string text() const;
};

// Gathers lines and holds them against what they should be.
class judge {
public:
  judge(const topics& of, lines_by_stream expected, bool may_repeat = false);
  // Reads what is there; the count of points that have their verdict.
  std::size_t look(std::chrono::milliseconds patience = std::chrono::milliseconds(100));
  // Until all have one; false at the deadline.
  bool wait_all(std::chrono::seconds patience);
  judgement judged() const;
  std::size_t wanted() const { return wanted_; }

private:
  void take(const std::string& line);

  reader reader_;
  lines_by_stream expected_;
  std::map<std::string, std::vector<std::uint32_t>> seen_;  // how often, by n - 1
  bool may_repeat_;
  std::size_t wanted_ = 0;
  std::size_t found_ = 0;
  judgement so_far_;
};

// A number of the environment, by which a short form becomes a long one.
std::size_t setting(const char* name, std::size_t usual);

bool eventually(const std::function<bool()>& is_so, std::chrono::milliseconds patience = std::chrono::seconds(60));

}  // namespace spindrift::kafka_test
