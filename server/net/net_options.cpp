// The option table of connections.
#include "server/net/net_options.hpp"

#include "common/cli/options.hpp"
#include "common/model/limit.hpp"
#include "server/net/settings.hpp"

namespace spindrift {

void declare(net_settings& settings, option_set& options) {
  options.add_switch("--proxy-protocol",
                     "TCP clients come through a proxy and begin with its header (PROXY protocol, 1 and 2)",
                     settings.is_proxied);
  {
    const option_set::live_part live(options);
    options.add_milliseconds("--admission-timeout", "time to show a token", settings.admission_timeout);
    options.add_number("--max-handshakes", "N", "TLS handshakes under way at once, 1 to 100000; the oldest gives way",
                       settings.handshakes_max, 1, 100'000);
    options.add_milliseconds("--refusal-delay", "how much later a wrong token is answered", settings.refusal_delay);
    options.add_number("--max-connections", "N", "connections at once, 1 to 1000000", settings.connections_max, 1,
                       1'000'000);
    options.add_number("--max-frame-bytes", "BYTES", "longest frame, 1024 to 65536", settings.frame_bytes_max, 1'024,
                       model::frame_bytes_max);
    options.add_number("--max-bad-frames", "PER_S",
                       "bad frames a second of one connection, beyond which it is slowed down",
                       settings.bad_frames_per_s, 1, 1'000'000);
    options.add_number("--max-feed-bytes", "BYTES",
                       "what may wait for one subscriber before its oldest lines are dropped", settings.feed_bytes_max,
                       65'536, std::uint64_t{1} << 32U);
    options.add_number(
        "--max-unsent-bytes", "BYTES",
        "replies that a connection may have unsent, and as many in the kernel, before it is not read from",
        settings.unsent_bytes_max, 65'536, std::uint64_t{1} << 30U);
    options.add_number("--max-refused", "N", "connections beyond the limit that are told so at once, 0 to 10000",
                       settings.refused_max, 0, 10'000);
    options.add_milliseconds("--frame-timeout", "time to end a frame that was begun", settings.frame_timeout);
    options.add_milliseconds("--object-silence", "silence after an object without a line end that ends it",
                             settings.object_silence);
    options.add_milliseconds("--mute-after",
                             "an anonymous producer that reads none of its replies for so long is muted",
                             settings.mute_after);
    options.add_number("--max-posted-batches", "N",
                       "batches on their way to another thread's subscribers before they are dropped, 1 to 1000000",
                       settings.posted_batches_max, 1, 1'000'000);
    options.add_number("--feed-send-buffer", "BYTES", "the kernel's send buffer of a subscriber, 4096 to 16777216",
                       settings.feed_send_buffer_bytes, 4'096, 1U << 24U);
    options.add_milliseconds("--feed-timeout", "a subscriber that reads nothing for so long is closed",
                             settings.feed_timeout);
    options.add_milliseconds("--linger", "how long a client may take to close after our last reply", settings.linger);
    options.add_milliseconds("--drain-timeout", "how long clients may take to read their last replies at the end",
                             settings.drain_timeout);
    options.add_milliseconds("--accept-pause", "rest after accept() failed, for want of descriptors for example",
                             settings.accept_pause);
    options.add_milliseconds("--unacknowledged-timeout", "a client whose machine confirms nothing for so long is gone",
                             settings.unacknowledged_timeout);
    options.add_number("--keepalive-idle", "S", "seconds of silence before a client is probed, 1 to 32767",
                       settings.keepalive_idle_s, 1, 32'767);
    options.add_number("--keepalive-interval", "S", "seconds between two probes, 1 to 32767",
                       settings.keepalive_interval_s, 1, 32'767);
    options.add_number("--keepalive-probes", "N", "probes without an answer before a client is gone, 1 to 127",
                       settings.keepalive_probes, 1, 127);
  }
}

}  // namespace spindrift
