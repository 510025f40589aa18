// The thread that reads verdicts and events.
#include "server/kafka/feed.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "common/log/log.hpp"
#include "server/kafka/client_config.hpp"
#include "server/kafka/kafka_options.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr milliseconds slice{100};
constexpr milliseconds feed_patience{2'000};
constexpr milliseconds between_attempts{500};
constexpr milliseconds commit_interval{1'000};
// Of a poll: what came together is published together.
constexpr std::size_t batch_records = 1'000;

class feed final : public outside_source {
public:
  explicit feed(kafka_settings settings) : settings_(std::move(settings)) {}
  ~feed() override { halt(); }
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;

  void start(outside_intake& into) override {
    into_ = &into;
    thread_ = std::thread([this] { run(); });
  }
  void stop() override { halt(); }

private:
  void halt() {
    {
      const std::lock_guard guard(lock_);
      stops_ = true;
    }
    bell_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void run() {
    while (!stops_ && !begin()) pause(between_attempts);
    while (!stops_) {
      gather();
      if (is_due()) keep_and_commit();
    }
    if (client_ && !next_.empty()) keep_and_commit();
    client_.reset();
  }

  // The clients, partitions and positions. False: not yet.
  bool begin() {
    std::string wrong;
    if (!client_) {
      client_ =
          make_client(settings_, client_role::stable, 0, {this, nullptr, false, &feed::hear_error, nullptr}, wrong);
    }
    if (!client_) return fails(wrong);
    rd_kafka_poll(client_.get(), 0);
    partition_list all(rd_kafka_topic_partition_list_new(0));
    if (settings_.writes_events() && !add_events(*all)) return false;
    if (settings_.writes_verdicts()) {
      const int count = partitions_of(settings_.topics.verdicts);
      if (count == 0) return false;
      for (int p = 0; p < count; ++p) {
        rd_kafka_topic_partition_list_add(all.get(), settings_.topics.verdicts.c_str(), p)->offset =
            RD_KAFKA_OFFSET_END;
      }
    }
    if (const auto failed = error_of(rd_kafka_assign(client_.get(), all.get()))) return fails(failed.text);
    said_.clear();
    log_event(log_level::info, "feed_begins", {{"brokers", settings_.brokers}, {"group", settings_.group}});
    return true;
  }

  bool add_events(rd_kafka_topic_partition_list_t& all) {
    const std::string& topic = settings_.topics.events;
    event_partitions_ = partitions_of(topic);
    if (event_partitions_ == 0) return false;
    const int before = all.cnt;
    for (int p = 0; p < event_partitions_; ++p) rd_kafka_topic_partition_list_add(&all, topic.c_str(), p);
    const int patience = static_cast<int>(feed_patience.count());
    if (const auto failed = error_of(rd_kafka_committed(client_.get(), &all, patience))) return fails(failed.text);
    for (int i = before; i < all.cnt; ++i) {
      rd_kafka_topic_partition_t& one = all.elems[i];
      if (const auto failed = error_of(one.err)) return fails(topic + ": " + failed.text);
      if (one.offset < 0) one.offset = RD_KAFKA_OFFSET_BEGINNING;
      read_to_[one.partition] = std::max<std::int64_t>(one.offset, 0);
    }
    return true;
  }

  // 0: nobody knows it yet.
  int partitions_of(const std::string& name) {
    const owned<rd_kafka_topic_t> topic(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
    const struct rd_kafka_metadata* answer = nullptr;
    const auto failed =
        error_of(rd_kafka_metadata(client_.get(), 0, topic.get(), &answer, static_cast<int>(feed_patience.count())));
    if (failed) {
      fails(failed.text);
      return 0;
    }
    int count = 0;
    client_error of_topic;
    if (answer->topic_cnt == 1) {
      of_topic = error_of(answer->topics[0].err);
      count = of_topic ? 0 : answer->topics[0].partition_cnt;
    }
    rd_kafka_metadata_destroy(answer);
    if (count == 0) fails("topic " + name + ": " + (of_topic ? of_topic.text : "it has no partition yet"));
    return count;
  }

  void gather() {
    int patience = static_cast<int>(slice.count());
    for (std::size_t i = 0; i < batch_records && !into_->is_full(); ++i) {
      const owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(client_.get(), patience));
      if (!message) break;
      take(*message);
      patience = 0;
    }
    into_->publish();
    // Neither history nor alerts lose what they have no room for: they are waited for.
    while (!stops_ && into_->is_full()) {
      if (!keep_and_commit()) pause(between_attempts);
    }
  }

  void take(const rd_kafka_message_t& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      fails(rd_kafka_message_errstr(&message));
      return;
    }
    said_.clear();
    const std::string_view lines(static_cast<const char*>(message.payload), message.len);
    if (settings_.topics.verdicts == rd_kafka_topic_name(message.rkt)) return into_->take_verdicts(lines);
    into_->take_events(lines, !settings_.writes_verdicts());
    next_[message.partition] = message.offset + 1;
  }

  bool is_due() const { return !next_.empty() && clock::now() - committed_at_ >= commit_interval; }

  bool keep_and_commit() {
    committed_at_ = clock::now();
    if (const storage_status kept = into_->keep(); !kept.ok()) return fails(kept.text());
    const partition_list list(rd_kafka_topic_partition_list_new(static_cast<int>(next_.size())));
    for (const auto& [partition, offset] : next_) {
      rd_kafka_topic_partition_list_add(list.get(), settings_.topics.events.c_str(), partition)->offset = offset;
      read_to_[partition] = offset;
    }
    tell_lag();
    if (list->cnt == 0) return true;
    if (const auto failed = commit(*list)) return fails(failed.text);
    next_.clear();
    return true;
  }

  // With an end: the call that waits by itself has none while the coordinator is away.
  client_error commit(const rd_kafka_topic_partition_list_t& positions) {
    const owned<rd_kafka_queue_t> answers(rd_kafka_queue_new(client_.get()));
    if (auto failed = error_of(rd_kafka_commit_queue(client_.get(), &positions, answers.get(), nullptr, nullptr))) {
      return failed;
    }
    const owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), static_cast<int>(feed_patience.count())));
    return answer ? error_of(rd_kafka_event_error(answer.get())) : error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
  }

  void tell_lag() {
    std::uint64_t behind = 0;
    for (int p = 0; p < event_partitions_; ++p) {
      std::int64_t low = 0;
      std::int64_t high = 0;
      if (rd_kafka_get_watermark_offsets(client_.get(), settings_.topics.events.c_str(), p, &low, &high) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
        continue;
      }
      behind += static_cast<std::uint64_t>(std::max<std::int64_t>(high - std::max(read_to_[p], low), 0));
    }
    into_->set_lag(behind);
  }

  static void hear_error(rd_kafka_t* /*client*/, int code, const char* text, void* opaque) {
    static_cast<feed*>(opaque)->fails(error_of(static_cast<rd_kafka_resp_err_t>(code), text).text);
  }

  // Once for each reason, until something comes.
  bool fails(const std::string& reason) {
    if (said_ != reason)
      log_event(log_level::warning, "feed_waits", {{"brokers", settings_.brokers}, {"reason", reason}});
    said_ = reason;
    return false;
  }

  void pause(milliseconds length) {
    std::unique_lock guard(lock_);
    bell_.wait_for(guard, length, [this] { return stops_.load(); });
  }

  const kafka_settings settings_;
  outside_intake* into_ = nullptr;
  // All that follows up to the lock is the thread's own.
  std::string said_;
  client_handle client_;
  int event_partitions_ = 0;
  std::map<std::int32_t, std::int64_t> next_;     // to be committed
  std::map<std::int32_t, std::int64_t> read_to_;  // for the lag
  clock::time_point committed_at_{};

  std::mutex lock_;  // for the bell alone
  std::condition_variable bell_;
  std::atomic<bool> stops_{false};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<outside_source> make_feed(const feed_settings& chosen, bool is_insecure,
                                          std::vector<std::string>& complaints) {
  kafka_settings settings;
  settings.brokers = chosen.brokers;
  settings.group = chosen.group;
  settings.topics.verdicts = chosen.verdicts;
  settings.topics.events = chosen.events;
  settings.client = chosen.client;
  settings.client_file = chosen.client_file;
  settings.insecure = is_insecure;
  complaints = validate_client(settings, "--feed-from-kafka");
  if (!complaints.empty()) return nullptr;
  return std::make_unique<feed>(std::move(settings));
}

}  // namespace spindrift::kafka
