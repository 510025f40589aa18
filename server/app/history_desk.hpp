// Questions about the history, answered on a thread of their own: SQLite takes from milliseconds up to a second, and no
// thread that serves sockets may wait for it.
//
// ask() never blocks. A connection has at most one question under way, so as many as there may be connections wait at
// most. Answers come from the desk's thread, each exactly once; what is still unanswered at stop() is answered with
// nothing. Any thread may ask; start() before and stop() after.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "common/protocol/frame.hpp"
#include "server/session/authenticator.hpp"
#include "server/sinks/bounded_queue.hpp"

namespace spindrift {

class persistence;

class history_desk {
public:
  using answer = std::function<void(std::string events)>;

  // `kept` outlives the desk.
  history_desk(persistence& kept, std::size_t questions_max) : persistence_(kept), questions_(questions_max) {}
  ~history_desk() { stop(); }
  history_desk(const history_desk&) = delete;
  history_desk& operator=(const history_desk&) = delete;

  void start();
  void stop();
  // `done` gets a JSON array, newest last, of the events that `who` may see (null: all).
  void ask(const history_command& asked, std::shared_ptr<const identity> who, answer done);

private:
  struct question {
    history_command asked;
    std::shared_ptr<const identity> who;
    answer done;
  };

  void serve();

  persistence& persistence_;
  bounded_queue<question> questions_;
  std::thread thread_;
};

}  // namespace spindrift
