// Makes the networks that streams share, and has them as bytes.
#include "server/detect/shared_networks.hpp"

#include "server/detect/registry.hpp"

namespace spindrift {
namespace {

constexpr std::uint32_t values_max = 64;

}  // namespace

std::shared_ptr<learned_network> shared_networks::of(const detector_entry& entry, std::size_t values) {
  const std::lock_guard guard(lock_);
  std::shared_ptr<learned_network>& found =
      all_[{static_cast<std::uint16_t>(entry.tag), static_cast<std::uint32_t>(values)}];
  if (!found) found = entry.make_network(values);
  return found;
}

void shared_networks::save(std::string& out) {
  const std::lock_guard guard(lock_);
  state_writer archive(out);
  archive(name_);
  std::string bytes;
  for (const auto& [of, network] : all_) {
    bytes.clear();
    network->save(bytes);
    const detector_entry* const entry = find_detector(static_cast<detector_tag>(of.first));
    auto [tag, values] = of;
    std::uint16_t version = entry == nullptr ? std::uint16_t{0} : entry->network_version;
    archive(tag, version, values);
    archive.sequence(bytes, bytes.size());
  }
}

std::string shared_networks::name_in(std::string_view bytes) {
  state_reader archive(bytes);
  std::string name;
  archive(name);
  return archive.ok() ? name : std::string();
}

std::vector<network_loss> shared_networks::restore(std::string_view bytes) {
  const std::lock_guard guard(lock_);
  std::vector<network_loss> losses;
  state_reader archive(bytes);
  std::string name;
  archive(name);
  if (!archive.ok() || name != name_) return {{"networks", 0, 0, "its bytes do not fit"}};
  while (archive.bytes_left() > 0) {
    std::uint16_t tag = 0;
    std::uint16_t version = 0;
    std::uint32_t values = 0;
    std::string state;
    archive(tag, version, values);
    archive.sequence(state, archive.bytes_left());
    if (!archive.ok()) {
      losses.push_back({"networks", 0, 0, "its bytes do not fit"});
      break;
    }
    const detector_entry* const entry = find_detector(static_cast<detector_tag>(tag));
    if (entry == nullptr || entry->make_network == nullptr) {
      losses.push_back({"part " + std::to_string(tag), version, 0, "it is not in use"});
      continue;
    }
    const auto lose = [&](const char* reason) {
      losses.push_back({std::string(entry->title), version, entry->network_version, reason});
    };
    if (version != entry->network_version) {
      lose("it is of another version");
      continue;
    }
    std::shared_ptr<learned_network> made;
    if (values > 0 && values <= values_max) made = entry->make_network(values);
    if (made && made->restore(state)) {
      all_[{tag, values}] = std::move(made);
    } else {
      lose("its bytes do not fit");
    }
  }
  return losses;
}

}  // namespace spindrift
