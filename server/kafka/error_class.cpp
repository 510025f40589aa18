// Sorts librdkafka's errors by what is to be done about them.
#include "server/kafka/error_class.hpp"

#include "server/kafka/handle.hpp"

namespace spindrift::kafka {

const char* name_of(error_class is) {
  switch (is) {
    case error_class::none:
      return "none";
    case error_class::retriable:
      return "retriable";
    case error_class::abortable:
      return "abortable";
    case error_class::fenced:
      return "fenced";
    case error_class::usurped:
      return "usurped";
    case error_class::denied:
      return "denied";
    case error_class::offset_gone:
      return "offset_gone";
    case error_class::fatal:
      return "fatal";
  }
  return "";
}

error_class class_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return error_class::none;
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
      return error_class::fenced;
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return error_class::usurped;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return error_class::denied;
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return error_class::offset_gone;
    // The group has moved on while the transaction was open.
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
      return error_class::abortable;
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__STATE:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER:
    case RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID:
      return error_class::fatal;
    default:
      return error_class::retriable;
  }
}

client_error error_of(rd_kafka_resp_err_t code, const char* text) {
  client_error told;
  told.is = class_of(code);
  told.code = code;
  if (told) told.text = text != nullptr && *text != '\0' ? text : rd_kafka_err2str(code);
  return told;
}

client_error take(rd_kafka_error_t* error) {
  const owned<rd_kafka_error_t> held(error);
  if (!held) return {};
  client_error told = error_of(rd_kafka_error_code(held.get()), rd_kafka_error_string(held.get()));
  // What a person or another worker has done weighs more than what the client can go on with.
  const bool is_named =
      told.is == error_class::fenced || told.is == error_class::usurped || told.is == error_class::denied;
  if (is_named) return told;
  if (rd_kafka_error_txn_requires_abort(held.get()) != 0) {
    told.is = error_class::abortable;
  } else if (rd_kafka_error_is_fatal(held.get()) != 0) {
    told.is = error_class::fatal;
  } else if (rd_kafka_error_is_retriable(held.get()) != 0) {
    told.is = error_class::retriable;
  } else if (told.is == error_class::retriable) {
    told.is = error_class::abortable;  // neither of them: what is open is given up
  }
  return told;
}

}  // namespace spindrift::kafka
