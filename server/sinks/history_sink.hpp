// The sink that puts what events have to say into the history, which keeps the newest version of each event. Any
// thread; the history's own bounded queue takes them, and counts what it could not.
#pragma once

#include <string_view>

#include "common/model/event.hpp"
#include "server/pipeline/sink.hpp"
#include "server/store/history.hpp"

namespace spindrift {

// An event as the history keeps it; `line` is the event as it was sent, with or without its line end (of one whose
// picture alone has grown: none).
history_event history_event_of(const event& told, std::string_view stream, std::string_view line);

class history_sink final : public sink {
public:
  explicit history_sink(history& kept) : history_(kept) {}
  need needs() override { return {.always = event_lines}; }
  void offer(const intake& passed) override;
  // Into the database; the snapshot is what makes it durable.
  void drain() override { (void)history_.flush(false); }

private:
  history& history_;
};

}  // namespace spindrift
