// Ends what a transaction has left behind that its coordinator holds for ended: by an aborted transaction under the
// same id over the same partitions, whose markers stand for those that were never written.
//
// A broker that begins anew (seen with Kafka 4.4, one broker, killed while transactions ended) has partitions without a
// leader for a moment, takes them for deleted, and notes a transaction as complete without having told them. Its
// records and offsets stay pending then for good: readers stand still, and so does whoever asks for a stable position.
// The next *commit* of that id would make visible what was to be aborted; so the first to come must be an abort, of
// whoever begins with an id or fences who had it. Nothing tells which partitions hang, hence all of them.
//
// No state, any thread. Waits for the broker, in slices of call_slice_ms, for as long as `goes_on` says so; some 10 ms
// and a message a partition and topic where all is well. Leaves an aborted record in each partition of the output
// topics.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "server/kafka/error_class.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

// Fences whoever has the id. Over partitions 0 to `partitions` - 1 of all output topics, and the group's offsets.
client_error abort_hanging(const kafka_settings& settings, std::size_t lane, const std::string& transactional_id,
                           std::size_t partitions, const std::function<bool()>& goes_on);

}  // namespace spindrift::kafka
