// What is wrong with a lane's settings, and what of them decides a verdict.
#include "server/worker/settings.hpp"

#include <bit>
#include <string_view>

#include "common/text/fnv1a.hpp"
#include "server/detect/registry.hpp"

namespace spindrift::worker {
namespace {

// Over numbers in the order of their bytes.
class hasher {
public:
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    hash_.add(text);
  }
  void add(std::uint64_t number) {
    for (unsigned i = 0; i < 8; ++i) hash_.add(static_cast<unsigned char>(number >> (8U * i)));
  }
  void add(std::int64_t number) { add(static_cast<std::uint64_t>(number)); }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  std::uint64_t value() const { return hash_.value(); }

private:
  fnv1a hash_;
};

// By the options, so that a setting that comes to a detector is in it by itself.
void add_detectors(const detector_settings& settings, hasher& into) {
  detector_settings copy = settings;
  for (const detector_entry& entry : detectors()) {
    into.add(entry.title);
    into.add(std::uint64_t{entry.runs(copy) ? 1U : 0U});
    if (entry.append_options == nullptr) continue;
    std::vector<detector_option> options;
    entry.append_options(copy, options);
    for (const detector_option& option : options) {
      into.add(option.flag);
      if (const auto* const flag = std::get_if<bool*>(&option.target)) into.add(std::uint64_t{**flag ? 1U : 0U});
      if (const auto* const count = std::get_if<unsigned*>(&option.target)) into.add(std::uint64_t{**count});
      if (const auto* const number = std::get_if<double*>(&option.target)) into.add(**number);
      if (const auto* const choice = std::get_if<detector_choice>(&option.target)) {
        into.add(static_cast<std::uint64_t>(choice->get()));
      }
    }
  }
}

void add_texts(const std::vector<std::string>& texts, hasher& into) {
  into.add(static_cast<std::uint64_t>(texts.size()));
  for (const std::string& text : texts) into.add(text);
}

// Who hears of it (`alert`) decides nothing of what is said.
void add_stream(const stream_settings& own, hasher& into) {
  add_texts(own.match, into);
  into.add(own.direction);
  into.add(own.min_deviation);
  into.add(own.min_relative);
  add_texts(own.kinds, into);
  into.add(own.severity);
  into.add(own.silence ? std::int64_t{own.silence->count()} : std::int64_t{-2});
  into.add(static_cast<std::uint64_t>(own.as));
  add_texts(own.detectors, into);
  into.add(std::uint64_t{own.threshold ? 1U : 0U});
  into.add(own.threshold.value_or(0));
  into.add(own.unit);
  into.add(own.title);
  if (own.is_shared) into.add(std::string_view("shared"));
}

}  // namespace

std::uint64_t settings_hash(const lane_settings& settings) {
  hasher made;
  add_detectors(settings.engine.detectors, made);
  made.add(static_cast<std::uint64_t>(settings.engine.streams_max));
  made.add(std::int64_t{settings.engine.silent_after.count()});
  made.add(static_cast<std::uint64_t>(settings.engine.context_points));
  made.add(static_cast<std::uint64_t>(settings.engine.counters_of.size()));
  for (const pattern& named : settings.engine.counters_of) made.add(named.text());
  made.add(static_cast<std::uint64_t>(settings.engine.streams.size()));
  for (const stream_settings& own : settings.engine.streams) add_stream(own, made);
  made.add(std::int64_t{settings.forget_after.count()});
  return made.value();
}

std::vector<std::string> validate(const lane_settings& settings) {
  std::vector<std::string> wrong;
  const auto want = [&](bool is_right, const char* text) {
    if (!is_right) wrong.emplace_back(text);
  };
  want(!settings.owner.empty() && settings.owner.find_first_of(" =\n") == std::string::npos && settings.owner != "-",
       "--worker-id, --group: a name without spaces, = and line ends is wanted, and not -");
  want(settings.partitions >= 1, "the topic of points has no partitions");
  want(settings.commit_interval.count() >= 1 && settings.commit_interval.count() <= 10'000,
       "--commit-interval: 1 ms to 10 s");
  want(settings.snapshot_interval.count() >= 1'000, "--snapshot-interval: 1 s and more");
  want(settings.forget_after.count() >= 1'000, "--forget-after: 1 s and more");
  want(settings.engine.streams_max >= 1, "--max-streams: at least one for each partition");
  want(settings.state_version == stream_state_version,
       "--state-version: this version writes state of version 2 and no other");
  want(settings.chunk_bytes >= 1'000 && settings.chunk_bytes <= 950'000, "a chunk has 1,000 to 950,000 bytes");
  return wrong;
}

}  // namespace spindrift::worker
