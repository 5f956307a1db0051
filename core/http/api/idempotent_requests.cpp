// SPDX-License-Identifier: Apache-2.0
// Wraps handlers, so that the first answer of each key is kept.
#include "http/api/idempotent_requests.hpp"

#include <glib.h>

#include <algorithm>
#include <cassert>
#include <unordered_set>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "glib/ref.hpp"
#include "http/api/kept_answer.hpp"
#include "http/api/request_limits.hpp"
#include "http/auth/auth.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

/// Of an API key's backend, which may send a thousand a second, and of one participant's client.
constexpr IdempotencyTable::Bounds kOfKeys{10'000, size_t{64} * 1024 * 1024};
constexpr IdempotencyTable::Bounds kOfParticipants{8, size_t{16} * 1024 * 1024};

std::string caller_of(const Principal& caller) {
  if (!caller.token) return "key:" + caller.key_id;
  return "participant:" + participant_key(caller.token->room, caller.token->participant);
}

std::string fingerprint_of(const Request& request) {
  std::string text = request.method + "\n" + request.path + "\n" + request.raw_query + "\n";
  text += request.body;
  const glib::StringPtr digest(g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(text.data()), text.size()));
  return digest.get();
}

/// After an error nothing was made, so a repetition may do it. A file is not kept.
bool is_worth_keeping(const Response& answer) {
  return answer.status >= 200 && answer.status < 300 && !answer.file && !answer.upgrade;
}

Handler always(Response answer) {
  return at_once([answer = std::move(answer)](const Request&) { return answer; });
}

}  // namespace

struct IdempotentRequests::State {
  IdempotencyTable& table_of(const Principal& caller) { return caller.token ? participants : keys; }
  /// Reads what an earlier process has kept.
  void restore(const Result<AnswerStore::Kept>& kept);

  AnswerStore* const store;
  const Clock now_ms;
  std::unordered_set<std::string> stored;  ///< Ids in the store.
  IdempotencyTable keys{kOfKeys, [this](const std::string& id) {
                          if (stored.erase(id) > 0) store->erase(id);
                        }};
  IdempotencyTable participants{kOfParticipants};
};

void IdempotentRequests::State::restore(const Result<AnswerStore::Kept>& kept) {
  if (!kept) {
    log::warning("http",
                 "cannot read the answers to requests with an Idempotency-Key from before "
                 "the restart, which may be done again: " +
                     kept.error().message);
    return;
  }
  std::vector<KeptAnswer> answers;
  for (const auto& [id, value] : *kept) {
    if (auto answer = read_kept_answer(id, value)) answers.push_back(std::move(*answer));
  }
  std::sort(answers.begin(), answers.end(),
            [](const KeptAnswer& a, const KeptAnswer& b) { return a.expires_ms < b.expires_ms; });
  for (KeptAnswer& answer : answers) {
    stored.insert(IdempotencyTable::id_of(answer.caller, answer.key));
    keys.restore(answer.caller, answer.key, std::move(answer.fingerprint),
                 std::move(answer.response), answer.expires_ms);
  }
}

/// A request that is being answered. Its end without an answer frees the key.
class IdempotentRequests::Begun {
 public:
  Begun(const std::shared_ptr<State>& state, const Principal& caller, KeptAnswer answer,
        bool outlives_restart)
      : state_(state),
        is_participant_(caller.token.has_value()),
        answer_(std::move(answer)),
        outlives_restart_(outlives_restart && !is_participant_) {}
  ~Begun() {
    const auto state = state_.lock();
    if (state && !is_finished_) table_of(*state).forget(id());
  }
  Begun(const Begun&) = delete;
  Begun& operator=(const Begun&) = delete;

  void finish(const Response& response) {
    const auto state = state_.lock();
    if (std::exchange(is_finished_, true) || !state) return;
    if (!is_worth_keeping(response)) return table_of(*state).forget(id());
    const int64_t now_ms = state->now_ms();
    const bool is_kept = table_of(*state).finish(id(), response, now_ms);
    if (!is_kept || !outlives_restart_ || !state->store) return;
    answer_.response = response;
    answer_.expires_ms = now_ms + IdempotencyTable::kKeptMs;
    if (auto value = kept_answer_json(answer_)) {
      state->stored.insert(id());
      state->store->put(id(), std::move(*value), answer_.expires_ms);
    }
  }

 private:
  IdempotencyTable& table_of(State& state) const {
    return is_participant_ ? state.participants : state.keys;
  }
  std::string id() const { return IdempotencyTable::id_of(answer_.caller, answer_.key); }

  const std::weak_ptr<State> state_;
  const bool is_participant_;
  KeptAnswer answer_;
  const bool outlives_restart_;
  bool is_finished_ = false;
};

IdempotentRequests::IdempotentRequests(AnswerStore* store, Clock now_unix_ms)
    : state_(new State{store, now_unix_ms}) {
  if (store) state_->restore(store->load());
}

IdempotentRequests::~IdempotentRequests() = default;

Handler IdempotentRequests::handler_of(const Route& route, const Request& request,
                                       const std::string& header) {
  assert(is_on_control());
  const std::optional<std::string> key = idempotency_key_of(header);
  if (!key) {
    return always(problem(400, "Idempotency-Key has to be 1 to " +
                                   std::to_string(kMaxIdempotencyKeyBytes) +
                                   " visible characters of ASCII, in double quotes or without."));
  }
  const Principal& caller = *request.caller;
  KeptAnswer answer{
      .caller = caller_of(caller), .key = *key, .fingerprint = fingerprint_of(request)};
  const IdempotencyTable::Known known = state_->table_of(caller).begin(
      answer.caller, answer.key, answer.fingerprint, state_->now_ms());
  if (known.refusal) return always(to_response(problem_of(*known.refusal)));
  if (known.answer) {
    Response repeated = *known.answer;
    repeated.header("Idempotency-Replayed", "true");
    return always(std::move(repeated));
  }
  const auto begun =
      std::make_shared<Begun>(state_, caller, std::move(answer), route.keeps_answers);
  return [begun, handler = route.handler](const Request& of, const Reply& reply) {
    handler(of, [begun, reply](const Response& response) {
      begun->finish(response);
      reply(response);
    });
  };
}

}  // namespace veche::http
