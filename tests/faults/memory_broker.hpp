// A broker in memory: topics, transactions, a group. What a client sees of Kafka as far as a lane depends on it, and
// with switches for what brokers and clients were seen to do wrong.
//
// Transactions: a producer is an id and an epoch; a newer epoch fences the older, and aborts what it had open. Readers
// who read committed see nothing behind a pending entry. Offsets sent to a transaction count once it is committed; the
// stable position of a partition is told by nobody while such an offset is pending. Group: partitions go to members in
// turn; one that is to move is asked back first, and taken from who has not been heard of for a session.
// One thread; time is told.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace spindrift::faults {

enum class topic : std::uint8_t { points, verdicts, events, dead_letters, snapshots };
constexpr std::size_t topic_count = 5;

enum class reply : std::uint8_t { ok, fenced, abortable };

struct message {
  std::string key{};
  std::string value{};
  std::int64_t timestamp_ms = 0;
};

struct group_position {
  std::int64_t offset = -1;
  std::string metadata{};
};

// What a member is told when it asks.
struct group_news {
  bool is_expelled = false;  // what it had is somebody else's
  std::vector<std::int32_t> revoked{};
  std::vector<std::int32_t> assigned{};
};

class memory_broker {
public:
  struct faults {
    bool aborts_without_markers = false;  // a transaction that timed out comes to light with the next of its producer
  };

  memory_broker(std::int32_t partitions, std::int64_t session_ms, std::int64_t transaction_ms)
      : session_ms_(session_ms), transaction_ms_(transaction_ms) {
    for (auto& logs : topics_) logs.resize(static_cast<std::size_t>(partitions));
    owners_.resize(static_cast<std::size_t>(partitions));
  }

  faults wrong{};

  // Sessions and transactions end by it.
  void advance(std::int64_t now_ms);

  // Topics. `epoch` 0: without a transaction.
  std::int64_t append(topic to, std::int32_t partition, message sent);
  reply send(const std::string& id, std::uint32_t epoch, topic to, std::int32_t partition, message sent,
             std::int64_t& offset);
  std::int64_t end_of(topic of, std::int32_t partition) const;
  // Committed messages from an offset on: false when the next one is not there (yet). `offset` becomes its.
  bool read(topic of, std::int32_t partition, std::int64_t& offset, message& into) const;
  // No transaction is pending before this offset.
  bool is_stable_to(topic of, std::int32_t partition, std::int64_t offset) const;
  void delete_before(std::int32_t partition, std::int64_t offset);

  // Transactions.
  std::uint32_t init(const std::string& id);
  reply send_offsets(const std::string& id, std::uint32_t epoch, const std::string& member, std::int32_t partition,
                     group_position position);
  reply commit(const std::string& id, std::uint32_t epoch);
  // At least once.
  reply commit_offset(const std::string& member, std::int32_t partition, group_position position);
  group_position committed(std::int32_t partition) const;
  bool has_pending_offset(std::int32_t partition) const;

  // The group. A member hears of the others' coming and going when it polls, which is its heartbeat.
  // Static: who is known still has its partitions, and nobody else notices.
  void join(const std::string& member, bool is_static);
  // What a client does by itself between two polls: it knows the newest generation.
  void refresh(const std::string& member);
  void leave(const std::string& member);
  group_news poll(const std::string& member);
  void give_back(const std::string& member, std::int32_t partition);
  void rebalance(std::uint32_t turn);
  bool knows(const std::string& member) const { return members_.count(member) != 0; }

private:
  enum class fate : std::uint8_t { committed, pending, aborted, marker };
  struct entry {
    message content;
    fate state = fate::committed;
  };
  struct log {
    std::vector<entry> entries;
    std::size_t begin = 0;
  };
  struct place {
    topic of = topic::points;
    std::int32_t partition = 0;
    std::size_t at = 0;
  };
  struct transaction {
    std::uint32_t epoch = 0;
    bool is_open = false;
    std::int64_t began_ms = 0;
    std::vector<place> entries;
    std::vector<place> unmarked;  // of the fault
    std::map<std::int32_t, group_position> offsets;
  };
  struct member_state {
    std::int64_t heard_ms = 0;
    std::uint64_t generation = 0;
    std::set<std::int32_t> owned;
    std::set<std::int32_t> asked_back;
    std::set<std::int32_t> new_ones;
  };

  log& log_of(topic of, std::int32_t partition) {
    return topics_[static_cast<std::size_t>(of)][static_cast<std::size_t>(partition)];
  }
  const log& log_of(topic of, std::int32_t partition) const {
    return topics_[static_cast<std::size_t>(of)][static_cast<std::size_t>(partition)];
  }
  void begin_if_closed(transaction& of);
  void end(transaction& of, fate as, bool writes_markers = true);
  void assign_free();

  std::int64_t session_ms_;
  std::int64_t transaction_ms_;
  std::int64_t now_ms_ = 0;
  std::array<std::vector<log>, topic_count> topics_;
  std::map<std::string, transaction> transactions_;
  std::map<std::int32_t, group_position> positions_;
  std::map<std::string, member_state> members_;
  std::vector<std::string> owners_;   // of partitions; empty: nobody
  std::vector<std::string> targets_;  // who is to have them
  std::uint64_t generation_ = 0;
  std::uint32_t turn_ = 0;
};

}  // namespace spindrift::faults
