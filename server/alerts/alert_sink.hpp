// The sink that hands what events have to say to the alert desk, whose bounded queue takes them and counts what it does
// not. Any thread.
#pragma once

#include <string_view>

#include "common/model/event.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/pipeline/sink.hpp"

namespace spindrift {

// `line` with or without its line end.
notice notice_of(const event& told, std::string_view stream, std::string_view line);

class alert_sink final : public sink {
public:
  explicit alert_sink(alert_desk& desk) : desk_(desk) {}
  need needs() override { return {.always = desk_.is_listening() ? event_lines : line_classes{0}}; }
  void offer(const intake& passed) override;
  void drain() override { (void)desk_.flush(); }

private:
  alert_desk& desk_;
};

}  // namespace spindrift
