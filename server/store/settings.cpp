// Says what is wrong with the store's settings.
#include "server/store/settings.hpp"

namespace spindrift {

std::vector<std::string> store_settings::validate() const {
  std::vector<std::string> complaints;
  if (durability_level == durability::off) return complaints;
  if (directory.empty()) complaints.emplace_back("--state-dir: empty; a directory, or off");
  if (directory.find('\0') != std::string::npos) complaints.emplace_back("--state-dir: holds a zero byte");
  if (segment_bytes < 1024 || segment_bytes > (1ULL << 30U)) {
    complaints.emplace_back("segment_bytes: " + std::to_string(segment_bytes) + "; 1024 to 1073741824");
  }
  if (fsync_interval.count() < 0 || fsync_interval > std::chrono::seconds(1)) {
    complaints.emplace_back("fsync_interval: " + std::to_string(fsync_interval.count()) + " us; 0 to 1000000");
  }
  if (snapshot_bytes < 1024) {
    complaints.emplace_back("snapshot_bytes: " + std::to_string(snapshot_bytes) + "; at least 1024");
  }
  if (journal_bytes_max != 0 && journal_bytes_max < (1U << 20U)) {
    complaints.emplace_back("--max-journal: " + std::to_string(journal_bytes_max) +
                            "; at least 1048576, or 0: no bound");
  }
  if (snapshot_interval.count() < 1) {
    complaints.emplace_back("snapshot_interval: " + std::to_string(snapshot_interval.count()) + " s; at least 1");
  }
  if (history_age.count() < 0) {
    complaints.emplace_back("history_age: " + std::to_string(history_age.count()) + " s; not negative, 0: no limit");
  }
  if (history_bytes != 0 && history_bytes < (1U << 20U)) {
    complaints.emplace_back("history_bytes: " + std::to_string(history_bytes) + "; at least 1048576, or 0: no limit");
  }
  return complaints;
}

}  // namespace spindrift
