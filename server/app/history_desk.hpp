// Questions about the history and the events in it, answered on a thread of their own: SQLite takes from milliseconds
// up to a second, and no thread that serves sockets may wait for it.
//
// ask() never blocks. A connection has at most one question under way, so as many as there may be connections wait at
// most. Answers come from the desk's thread, each exactly once; what is still unanswered at stop() is answered with
// nothing. Any thread may ask; start() before and stop() after.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include "server/session/authenticator.hpp"
#include "server/session/step.hpp"
#include "server/sinks/bounded_queue.hpp"

namespace spindrift {

class persistence;

class history_desk {
public:
  using reply = std::function<void(desk_answer)>;

  // `kept` outlives the desk.
  history_desk(persistence& kept, std::size_t questions_max) : persistence_(kept), questions_(questions_max) {}
  ~history_desk() { stop(); }
  history_desk(const history_desk&) = delete;
  history_desk& operator=(const history_desk&) = delete;

  void start();
  void stop();
  // Any thread: so many questions may wait from now on.
  void limit(std::size_t questions_max) { questions_.set_limit(questions_max); }
  // `who`: who asks, null: one who may do all. That he may ask this has been seen to, but that history answers leave
  // out what he may not see.
  void ask(const question& asked, std::shared_ptr<const identity> who, reply done);

private:
  struct slip {
    question asked;
    std::shared_ptr<const identity> who;
    reply done;
  };

  void serve();

  persistence& persistence_;
  bounded_queue<slip> questions_;
  std::thread thread_;
};

}  // namespace spindrift
