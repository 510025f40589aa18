// Asks a broker for the right to write, by transactions that are aborted before anything is sent.
#include "server/kafka/write_check.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <thread>

#include "common/log/log.hpp"
#include "server/kafka/client_config.hpp"
#include "server/kafka/rights.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds between_queue_looks{2};
constexpr std::int16_t add_partitions_request = 24;  // Kafka's number of AddPartitionsToTxn

class checker {
public:
  checker(const kafka_settings& settings, const std::atomic<bool>& stops)
      : settings_(settings), stops_(stops), until_(clock::now() + patience), topics_(output_topics(settings)) {
    topics_.push_back(settings.topics.snapshots);
  }

  write_denial check() {
    write_denial found;
    for (const std::string& topic : topics_) {
      client_error wrong = open();
      if (!wrong) wrong = add(topic);
      if (stops_ || (wrong && wrong.is != error_class::denied)) {
        if (!stops_) {
          log_event(log_level::debug, "rights_not_checked",
                    {{"topic", topic}, {"reason", std::string_view(wrong.text)}});
        }
        break;
      }
      if (!wrong) continue;
      found.why = wrong.text;
      found.denied.push_back(right_missing(settings_, wrong.code, topic).front());
      if (wrong.code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED) break;
      // A transaction that was refused something is of no more use, nor is its producer.
      client_.reset();
    }
    if (client_) kafka::take(rd_kafka_abort_transaction(client_.get(), call_slice_ms));
    return found;
  }

private:
  bool goes_on() const { return !stops_ && clock::now() < until_; }

  static void hear(std::int16_t request, void* opaque) {
    if (request == add_partitions_request) ++static_cast<checker*>(opaque)->answers_;
  }

  // A producer with a transaction.
  client_error open() {
    if (client_) return {};
    std::string refused;
    client_ = make_client(settings_, client_role::check, 0, calls_, refused);
    if (!client_) return error_of(RD_KAFKA_RESP_ERR__INVALID_ARG, refused.c_str());
    client_error wrong = error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
    while (wrong.is == error_class::retriable && goes_on()) {
      wrong = kafka::take(rd_kafka_init_transactions(client_.get(), call_slice_ms));
    }
    if (!wrong) wrong = kafka::take(rd_kafka_begin_transaction(client_.get()));
    if (!wrong) wrong = learn_topics(client_.get(), topics_);
    if (wrong) client_.reset();
    return wrong;
  }

  client_error add(const std::string& topic) {
    const int before = answers_;
    std::array<rd_kafka_vu_t, 2> parts{};
    parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[0].u.cstr = topic.c_str();
    parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[1].u.i32 = 0;
    if (auto wrong = kafka::take(rd_kafka_produceva(client_.get(), parts.data(), parts.size()))) return wrong;
    while (answers_ == before) {
      if (!goes_on()) return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
      std::this_thread::sleep_for(between_queue_looks);
    }
    // The answer has come, but what it says is noted down by another thread of librdkafka; the second look is behind
    // it.
    client_error wrong = standing();
    if (wrong) return wrong;
    std::this_thread::sleep_for(between_queue_looks);
    return standing();
  }

  // What is wrong with the transaction. To begin another one is refused in any case, and where one is at work that is
  // how it should be.
  client_error standing() {
    client_error told = kafka::take(rd_kafka_begin_transaction(client_.get()));
    return told.code == RD_KAFKA_RESP_ERR__STATE ? client_error{} : told;
  }

  const kafka_settings& settings_;
  const std::atomic<bool>& stops_;
  const clock::time_point until_;
  std::vector<std::string> topics_;
  const client_callbacks calls_{this, nullptr, false, nullptr, &checker::hear};
  std::atomic<int> answers_{0};
  client_handle client_;  // calls hear()
};

}  // namespace

write_denial find_write_denial(const kafka_settings& settings, const std::atomic<bool>& stops) {
  return checker(settings, stops).check();
}

}  // namespace spindrift::kafka
