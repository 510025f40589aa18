// What the daemon takes over HTTP: bodies of points, given to http_ingest, answered once the disk has them where
// acknowledgements wait for it. Plain function; on the thread of the shard whose workspace the ingest has.
#pragma once

#include <chrono>
#include <optional>

#include "common/net/http_exchange.hpp"

namespace spindrift {

class http_ingest;
class pipeline;

// `way`, which outlives the answer, is that of the ingest's workspace. Nothing: it is no path of points.
// A token that is not known is told so `refusal_delay` later, so that guessing is slow.
std::optional<http_response> ingest_page(const http_request& asked, http_ingest& into, const pipeline& way,
                                         std::chrono::milliseconds refusal_delay);

}  // namespace spindrift
