// The clients of the simulation: what they send, what they were told, and the two pipes to the server that can be cut.
//
// A producer with a name sends its series again until every point is answered, over as many connections as it takes; a
// passer-by without a name sends and forgets. Both remember every line they got. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift::faults {

using dice = std::minstd_rand;

// Every pick is a statement of its own: the order of a call's arguments is the compiler's, and a seed has to mean the
// same run with each of them.
inline std::uint32_t pick(dice& from, std::uint32_t below) {
  return static_cast<std::uint32_t>(from() % below);
}

inline std::uint32_t any(dice& from) {
  return static_cast<std::uint32_t>(from());
}

class actor {
public:
  // `points_max`: how many it sends in all. An empty name: a passer-by.
  actor(std::string name, std::uint64_t points_max) : name_(std::move(name)), points_max_(points_max) {}

  const std::string& name() const { return name_; }
  bool is_named() const { return !name_.empty(); }
  // The first bytes of a new connection: hello, and all that has no answer yet.
  std::string greet();
  // The next points of the series, as far as the window allows.
  std::string say(dice& chance);
  // Bytes from the server. What is wrong with them is kept in complaints().
  void hear(std::string_view bytes);
  // The connection is gone; half a line with it.
  void lose() { heard_.clear(); }
  bool is_done() const { return !is_named() || (next_seq_ > points_max_ && unanswered_.empty()); }

  // Every verdict line that it was told, without the mark of a repeated one.
  const std::set<std::string>& verdicts() const { return verdicts_; }
  const std::map<std::uint64_t, std::string>& answers() const { return answers_; }
  const std::vector<std::string>& complaints() const { return complaints_; }
  // It sent a point that the server could not take, and has to begin again behind the last that it did.
  bool wants_to_begin_again() const { return begins_again_; }

private:
  static constexpr std::uint64_t window = 40;

  std::string line_of(std::uint64_t seq) const;
  void take(std::string_view line);
  void take_verdict(std::string line);
  void take_error(std::string_view code, std::string_view line);

  std::string name_;
  std::uint64_t points_max_;
  std::uint64_t next_seq_ = 1;
  std::set<std::uint64_t> unanswered_;
  std::map<std::uint64_t, std::string> answers_;
  std::set<std::uint64_t> given_up_;  // refused for good
  std::set<std::string> verdicts_;
  std::string heard_;
  bool begins_again_ = false;
  std::vector<std::string> complaints_;
};

}  // namespace spindrift::faults
