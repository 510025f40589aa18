// What an alert's message looks like: bodies for the receivers that there are. Pure functions; the time is given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/alerts/alert_settings.hpp"
#include "server/alerts/notice.hpp"

namespace spindrift {

// The worst of those that are not over, else the worst; there is at least one.
const queued_notice& worst_of(const std::vector<queued_notice>& all);
// One line: "shift on pump.7, severity 63: level rose from 21.0 to 26.4", and how many others.
std::string headline_of(const std::vector<queued_notice>& all);

// Where the page shows the event, at its time: "URL#stream=pump.7&from=..&to=..&event=17", as the page itself writes it
// (web/page/state.js). Empty where `public_url` is.
std::string link_of(const notice& told, const std::string& public_url);

// Below, `public_url` as in alerts_settings.
// The lines of the events, each as subscribers get it, with a `link`.
std::string webhook_body(const std::vector<queued_notice>& all, const std::string& public_url = {});
// POST /api/v2/alerts. The labels of an event stay what they were when it was first told, so that its end is known for
// what it is; without a word to the contrary Alertmanager takes it for over at `ends_ms`.
std::string alertmanager_body(const std::vector<queued_notice>& all, const std::string& alert, std::int64_t now_ms,
                              std::int64_t ends_ms, const std::string& public_url = {});
// {"text": …}, a line an event, 50 of them at most.
std::string slack_body(const std::vector<queued_notice>& all, const std::string& public_url = {});
// RFC 5322, UTF-8, lines ended as SMTP wants them.
std::string mail_text(const alert_settings& alert, const std::vector<queued_notice>& all, const std::string& id,
                      std::int64_t now_ms);

// What a program is given: NAME=value.
std::vector<std::string> exec_environment(const std::string& alert, const std::vector<queued_notice>& all,
                                          const std::string& id, const std::string& public_url = {});

}  // namespace spindrift
