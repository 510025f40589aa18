// What an error of librdkafka means for a lane, which decides what it does. Pure functions.
//
//   retriable   the same call again, until its deadline
//   abortable   the transaction is lost, what it held is made again: a rebalance, a broker that went away
//   fenced      another one has this transactional id, or took the partitions over: start anew, write nothing more
//   usurped     another has this worker id: start anew, and end if it comes again: they would take turns for ever
//   denied      an ACL or the credentials: a person must mend it
//   offset_gone the position is no longer in the topic
//   fatal       the client is of no more use: start anew with another
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string>

namespace spindrift::kafka {

enum class error_class : std::uint8_t { none, retriable, abortable, fenced, usurped, denied, offset_gone, fatal };

struct client_error {
  error_class is = error_class::none;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string text{};

  explicit operator bool() const { return is != error_class::none; }
};

const char* name_of(error_class is);
error_class class_of(rd_kafka_resp_err_t code);
// Of a call of transactions, which says itself what it takes; ends `error`. Null: none.
client_error take(rd_kafka_error_t* error);
client_error error_of(rd_kafka_resp_err_t code, const char* text = nullptr);

}  // namespace spindrift::kafka
