// Which rights of its user a worker finds missing, and what a person does about it.
//
// No state, any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/kafka/error_class.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

// The topics that outputs go to, in the order of the settings; what is off is none of them.
std::vector<std::string> output_topics(const kafka_settings& settings);

// What a right is missing for: a topic (or each of several, of which the broker does not say which), the group, or the
// prefix of transactional ids. Never empty. The code says most of it; `asked_for` is what the request was about, empty
// where that is not known.
std::vector<std::string> right_missing(const kafka_settings& settings, rd_kafka_resp_err_t code,
                                       const std::string& asked_for);
// The commands that give them, one for all output topics together.
std::string acl_cure(const kafka_settings& settings, std::span<const std::string> denied);
// One sentence: to what there is no right, why (as the broker said it), and the cure.
std::string denial_text(const kafka_settings& settings, std::span<const std::string> denied, const std::string& why);

}  // namespace spindrift::kafka
