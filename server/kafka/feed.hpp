// Reads what workers write, for a spindriftd that serves it: the topics of verdicts and events, all partitions, records
// that are committed.
//
// Events go on from the position that is committed under --feed-group (none: from the oldest there is); it is committed
// after they have been kept, once a commit_interval and at the end, so that a death costs no event, and what comes
// again is known. Verdicts are for who listens now: they begin with the newest. No member of the group: a server reads
// all partitions, and two of them take a group each. Whatever fails is tried again for ever; the log says it once. One
// thread of its own; librdkafka stands behind it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/app/feed_options.hpp"
#include "server/app/outside_intake.hpp"

namespace spindrift::kafka {

// Null: `complaints` says why.
std::unique_ptr<outside_source> make_feed(const feed_settings& chosen, bool is_insecure,
                                          std::vector<std::string>& complaints);

}  // namespace spindrift::kafka
