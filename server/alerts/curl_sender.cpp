// Sends messages by HTTP and SMTP, with libcurl.
#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>

#include "common/text/printable.hpp"
#include "server/alerts/address.hpp"
#include "server/alerts/delivery.hpp"
#include "server/alerts/message.hpp"

namespace spindrift {
namespace {

constexpr std::size_t answer_bytes_max = 200;
constexpr std::int64_t week_ms = 7 * 86'400'000LL;

// What an attempt reads from and writes to.
struct transfer {
  std::string body;
  std::size_t at = 0;
  std::string answer;
  const std::atomic<bool>* stops = nullptr;
};

struct list_closer {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using text_list = std::unique_ptr<curl_slist, list_closer>;

void append(text_list& list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return;
  (void)list.release();
  list.reset(longer);
}

std::size_t take_answer(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& answer = static_cast<transfer*>(to)->answer;
  answer.append(bytes, std::min(size * count, answer_bytes_max - std::min(answer.size(), answer_bytes_max)));
  return size * count;
}

std::size_t give_body(char* bytes, std::size_t size, std::size_t count, void* from) {
  auto& sent = *static_cast<transfer*>(from);
  const std::size_t length = std::min(size * count, sent.body.size() - sent.at);
  std::memcpy(bytes, sent.body.data() + sent.at, length);
  sent.at += length;
  return length;
}

int look_up(void* from, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<transfer*>(from)->stops->load() ? 1 : 0;
}

// Of those that say "never": all but what may be mended at the receiver without changing the message.
bool is_refusal(long status) {
  const bool passes = status == 401 || status == 403 || status == 404 || status == 407 || status == 408 ||
                      status == 425 || status == 429;
  return status >= 400 && status < 500 && !passes;
}

class curl_sender final : public alert_sender {
public:
  curl_sender() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    handle_ = curl_easy_init();
  }
  ~curl_sender() override { curl_easy_cleanup(handle_); }
  curl_sender(const curl_sender&) = delete;
  curl_sender& operator=(const curl_sender&) = delete;

  delivery send(const alert_settings& alert, const outgoing& message, const std::atomic<bool>& stops) override;

private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(handle_, option, value);
  }
  void set_common(const alert_settings& alert, const std::string& url, transfer& moved, char* error);
  text_list set_post(const alert_settings& alert, const outgoing& message, const std::string& secret, transfer& moved);
  text_list set_mail(const alert_settings& alert, const outgoing& message, const std::string& secret,
                     const address_parts& parts, transfer& moved);

  CURL* handle_;
};

void curl_sender::set_common(const alert_settings& alert, const std::string& url, transfer& moved, char* error) {
  curl_easy_reset(handle_);
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_ERRORBUFFER, error);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(alert.timeout.count()));
  set(CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_USERAGENT, "spindrift");
  if (!alert.ca_file.empty()) set(CURLOPT_CAINFO, alert.ca_file.c_str());
  set(CURLOPT_WRITEFUNCTION, &take_answer);
  set(CURLOPT_WRITEDATA, &moved);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &look_up);
  set(CURLOPT_XFERINFODATA, &moved);
}

text_list curl_sender::set_post(const alert_settings& alert, const outgoing& message, const std::string& secret,
                                transfer& moved) {
  const alert_way way = way_of(alert);
  text_list headers;
  append(headers, "Expect:");
  append(headers, "Idempotency-Key: " + message.id);
  append(headers, "X-Spindrift-Alert: " + alert.name);
  if (way == alert_way::webhook) {
    moved.body = webhook_body(message.notices, alert.public_url);
    const bool is_one = message.notices.size() == 1;
    append(headers, is_one ? "Content-Type: application/json" : "Content-Type: application/x-ndjson");
  } else {
    const std::int64_t lasts_ms = alert.repeat.count() > 0 ? 2 * alert.repeat.count() : week_ms;
    moved.body = way == alert_way::slack ? slack_body(message.notices, alert.public_url)
                                         : alertmanager_body(message.notices, alert.name, message.now_ms,
                                                             message.now_ms + lasts_ms, alert.public_url);
    append(headers, "Content-Type: application/json");
  }
  if (!secret.empty() && alert.user.empty()) append(headers, "Authorization: Bearer " + secret);
  if (!alert.user.empty()) {
    set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(CURLOPT_USERNAME, alert.user.c_str());
    set(CURLOPT_PASSWORD, secret.c_str());
  }
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, moved.body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(moved.body.size()));
  set(CURLOPT_HTTPHEADER, headers.get());
  return headers;
}

text_list curl_sender::set_mail(const alert_settings& alert, const outgoing& message, const std::string& secret,
                                const address_parts& parts, transfer& moved) {
  moved.body = mail_text(alert, message.notices, message.id, message.now_ms);
  text_list receivers;
  for (const std::string& one : alert.to) append(receivers, one);
  // STARTTLS or nothing, but for a mail server of this machine that has none.
  set(CURLOPT_USE_SSL, parts.is_loopback && secret.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL);
  set(CURLOPT_MAIL_FROM, alert.from.c_str());
  set(CURLOPT_MAIL_RCPT, receivers.get());
  if (!alert.user.empty()) {
    set(CURLOPT_USERNAME, alert.user.c_str());
    set(CURLOPT_PASSWORD, secret.c_str());
  }
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &give_body);
  set(CURLOPT_READDATA, &moved);
  return receivers;
}

delivery curl_sender::send(const alert_settings& alert, const outgoing& message, const std::atomic<bool>& stops) {
  if (handle_ == nullptr) return {delivery::end::failed, "libcurl cannot be started"};
  const secret_text secret = read_secret(alert.secret_file, alert.secret_env);
  if (!secret.wrong.empty()) return {delivery::end::failed, "secret: " + secret.wrong};
  std::string url = alert.url;
  if (url.empty()) {
    const secret_text read = read_secret(alert.url_file, {});
    if (!read.wrong.empty()) return {delivery::end::failed, "url_file: " + read.wrong};
    url = read.text;
  }
  const address_parts parts = parts_of(url);
  const alert_way way = way_of(alert);
  if (parts.host.empty()) return {delivery::end::failed, "url_file: holds no address"};
  constexpr std::string_view alerts_path = "/api/v2/alerts";
  if (way == alert_way::alertmanager && !parts.path.ends_with(alerts_path)) {
    while (url.ends_with('/')) url.pop_back();
    url += alerts_path;
  }
  transfer moved;
  moved.stops = &stops;
  char error[CURL_ERROR_SIZE] = "";
  set_common(alert, url, moved, error);
  // A proxy of the environment is for the world outside.
  if (parts.is_loopback) set(CURLOPT_PROXY, "");
  const text_list kept = way == alert_way::mail ? set_mail(alert, message, secret.text, parts, moved)
                                                : set_post(alert, message, secret.text, moved);
  const CURLcode code = curl_easy_perform(handle_);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  if (code != CURLE_OK) {
    const bool is_refused = way == alert_way::mail && status >= 550 && status < 555;
    return {is_refused ? delivery::end::refused : delivery::end::failed,
            printable(*error != '\0' ? error : curl_easy_strerror(code))};
  }
  if (way == alert_way::mail || (status >= 200 && status < 300)) return {delivery::end::acknowledged, {}};
  return {is_refusal(status) ? delivery::end::refused : delivery::end::failed,
          "answered " + std::to_string(status) + (moved.answer.empty() ? "" : ": " + printable(moved.answer))};
}

}  // namespace

std::unique_ptr<alert_sender> make_curl_sender() {
  return std::make_unique<curl_sender>();
}

std::unique_ptr<alert_sender> make_sender(const alert_settings& alert) {
  return way_of(alert) == alert_way::exec ? make_exec_sender() : make_curl_sender();
}

}  // namespace spindrift
