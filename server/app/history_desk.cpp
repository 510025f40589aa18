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

void history_desk::ask(const question& asked, std::shared_ptr<const identity> who, reply done) {
  const reply unheard = done;
  if (questions_.put({asked, std::move(who), std::move(done)}) != put_result::dropped) return;
  if (std::holds_alternative<history_command>(asked)) return unheard({std::nullopt, ",\"events\":[]"});
  unheard({error_code::not_found, "the server does not answer now"});
}

void history_desk::serve() {
  // Where processors are short, points come first. Of the calling thread alone, as Linux has it.
  (void)::setpriority(PRIO_PROCESS, 0, 5);
  std::vector<slip> waiting;
  while (questions_.wait_all(waiting)) {
    for (slip& next : waiting) next.done(persistence_.answer_to(next.asked, next.who.get()));
  }
}

}  // namespace spindrift
