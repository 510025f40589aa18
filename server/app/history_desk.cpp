// Takes questions about the history in turn and answers them.
#include "server/app/history_desk.hpp"

#include <sys/resource.h>

#include <utility>
#include <vector>

#include "server/app/persistence.hpp"

namespace spindrift {

void history_desk::start() {
  thread_ = std::thread([this] { serve(); });
}

void history_desk::stop() {
  questions_.close();
  if (thread_.joinable()) thread_.join();
}

void history_desk::ask(const history_command& asked, std::shared_ptr<const identity> who, answer done) {
  const answer unheard = done;
  if (questions_.put({asked, std::move(who), std::move(done)}) == put_result::dropped) unheard("[]");
}

void history_desk::serve() {
  // Where processors are short, points come first. Of the calling thread alone, as Linux has it.
  (void)::setpriority(PRIO_PROCESS, 0, 5);
  std::vector<question> waiting;
  while (questions_.wait_all(waiting)) {
    for (question& next : waiting) {
      std::string events;
      persistence_.append_history(next.asked, next.who.get(), events);
      next.done(std::move(events));
    }
  }
}

}  // namespace spindrift
