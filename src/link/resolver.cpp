#include "link/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "link/waiter.hpp"

namespace webhook::link {
namespace {

namespace asio = boost::asio;
using Answer = Resolver::Answer;

constexpr std::chrono::seconds failed_for{2};
constexpr std::chrono::seconds answers_within{5};  ///< a look-up that takes longer counts as failed
constexpr std::size_t max_names = 16384;
constexpr unsigned max_lookups = 16, max_troubled_lookups = 4;

struct FreeList {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

asio::ip::address address_of(const addrinfo& entry) {
    asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), entry.ai_addr, std::min<std::size_t>(entry.ai_addrlen, endpoint.capacity()));
    return endpoint.address();
}

/// Returns whether the name server gave no definite answer about the name.
bool is_failure(int code) {
    return code != EAI_NONAME && code != EAI_NODATA && code != EAI_ADDRFAMILY;
}

Answer look_up(const std::string& host, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* raw = nullptr;
    const int code = getaddrinfo(host.c_str(), nullptr, &hints, &raw);
    if (code != 0)
        return {nullptr, code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(code), is_failure(code)};
    const std::unique_ptr<addrinfo, FreeList> list(raw);
    Addresses addresses;
    for (const addrinfo* entry = raw; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6)
            addresses.push_back(address_of(*entry));
    }
    if (addresses.empty()) return {nullptr, "no address"};
    return {std::make_shared<const Addresses>(std::move(addresses)), {}};
}

struct Name {
    Answer answer;
    Clock::time_point asked{};  ///< when the look-up of `answer` began
    Clock::time_point
        tried{};  ///< when the last look-up ended; it may have failed while an older result is kept
    Clock::time_point began{};  ///< when the current look-up was requested
    bool known = false;         ///< `answer` holds something
    bool looking = false;       ///< a look-up is queued or runs
    bool troubled = false;      ///< the last look-up failed
    Waiters waiters;

    bool usable(Clock::time_point now) const {
        if (!known) return false;
        if (!answer.addresses) return now - tried < failed_for;
        const bool failed = troubled || (looking && now - began >= answers_within);
        return now - asked < (failed ? Clock::duration(Resolver::used_without_server)
                                     : Clock::duration(Resolver::used_for));
    }
    bool wants_lookup(Clock::time_point now) const {
        if (looking || !known) return !looking;
        if (troubled || !answer.addresses) return now - tried >= failed_for;
        return now - asked >= Resolver::asked_again_after;
    }
};

/// Passes results from look-up threads to the loop. Closed when its owner is destroyed, because a thread may
/// outlive it.
struct Mailbox {
    std::mutex mutex;
    bool open = true;
    asio::any_io_executor executor;
};

}  // namespace

struct Resolver::State : std::enable_shared_from_this<Resolver::State> {
    struct Question {
        std::string host;
        bool troubled;
        Clock::time_point asked;
    };

    State(const asio::any_io_executor& executor, LookUp look_up, std::function<Clock::time_point()> now)
        : executor(executor),
          look_up(std::move(look_up)),
          now(std::move(now)),
          mailbox(std::make_shared<Mailbox>()) {
        mailbox->executor = executor;
    }

    asio::any_io_executor executor;
    LookUp look_up;
    std::function<Clock::time_point()> now;
    std::shared_ptr<Mailbox> mailbox;
    std::unordered_map<std::string, Name> names;
    std::deque<std::string> queue;
    unsigned running = 0, running_troubled = 0;

    void ask(const std::string& host, Name& name) {
        name.looking = true;
        name.began = now();
        queue.push_back(host);
        start_queued();
    }

    /// Starts queued look-ups. Troubled names wait for one of their few places; others overtake them.
    void start_queued() {
        for (auto next = queue.begin(); next != queue.end() && running < max_lookups;) {
            const std::string host = *next;
            const bool troubled = names[host].troubled;
            if (troubled && running_troubled >= max_troubled_lookups) {
                ++next;
                continue;
            }
            next = queue.erase(next);
            start(host, troubled);
        }
    }

    void start(const std::string& host, bool troubled) {
        ++running;
        running_troubled += troubled ? 1 : 0;
        const Question question{host, troubled, now()};
        try {
            std::thread(work, mailbox, weak_from_this(), look_up, question).detach();
        } catch (const std::system_error& e) {
            asio::post(executor, [self = shared_from_this(), question, what = std::string(e.what())] {
                self->finish(question, Answer{nullptr, what, true});
            });
        }
    }

    static void work(const std::shared_ptr<Mailbox>& mailbox, const std::weak_ptr<State>& state,
                     const LookUp& look_up, const Question& question) {
        Answer answer = look_up(question.host);
        const std::lock_guard lock(mailbox->mutex);
        if (!mailbox->open) return;
        asio::post(mailbox->executor, [state, question, answer = std::move(answer)]() mutable {
            if (const auto self = state.lock()) self->finish(question, std::move(answer));
        });
    }

    void finish(const Question& question, Answer answer) {
        --running;
        running_troubled -= question.troubled ? 1 : 0;
        Name& name = names[question.host];
        name.looking = false;
        name.tried = now();
        name.troubled = !answer.addresses;
        const bool keep_old = answer.failed && name.known && name.answer.addresses &&
                              name.tried - name.asked < Resolver::used_without_server;
        if (!keep_old) {
            name.answer = std::move(answer);
            name.known = true;
            name.asked = question.asked;
        }
        wake(&name.waiters);
        start_queued();
    }

    void make_room() {
        if (names.size() < max_names) return;
        const auto time = now();
        std::erase_if(names, [time](const auto& entry) {
            return !entry.second.looking && entry.second.waiters.empty() && !entry.second.usable(time);
        });
    }
};

Resolver::Resolver(const asio::any_io_executor& executor, LookUp look_up,
                   std::function<Clock::time_point()> now)
    : state_(std::make_shared<State>(executor, std::move(look_up), std::move(now))) {}

Resolver::~Resolver() {
    close();
}

void Resolver::close() {
    const std::lock_guard lock(state_->mailbox->mutex);
    state_->mailbox->open = false;
}

Answer Resolver::system_look_up(const std::string& host) {
    return look_up(host, AI_ADDRCONFIG);
}

std::shared_ptr<const Addresses> Resolver::literal(const std::string& host) {
    return look_up(host, AI_NUMERICHOST).addresses;
}

std::shared_ptr<const Addresses> Resolver::ready(const std::string& host) {
    state_->make_room();
    Name& name = state_->names[host];
    const auto now = state_->now();
    if (name.wants_lookup(now)) state_->ask(host, name);
    return name.usable(now) ? name.answer.addresses : nullptr;
}

asio::awaitable<Answer> Resolver::resolve(std::string host, AttemptDeadline& deadline) {
    const std::shared_ptr<State> state = state_;
    if (auto addresses = ready(host)) co_return Answer{std::move(addresses), {}};
    Name& name = state->names[host];
    if (!name.looking) co_return name.answer;
    const auto waiter = std::make_shared<Waiter>(state->executor);
    name.waiters.push_back(waiter);
    co_await wait(waiter, deadline);
    Name& after = state->names[host];
    std::erase(after.waiters, waiter);
    if (after.known && !after.looking) co_return after.answer;
    co_return Answer{nullptr, "timeout"};
}

std::shared_ptr<const Addresses> Resolver::last(const std::string& host) const {
    const auto name = state_->names.find(host);
    return name == state_->names.end() ? nullptr : name->second.answer.addresses;
}

void Resolver::doubt(const std::string& host) {
    const auto name = state_->names.find(host);
    if (name != state_->names.end())
        name->second.asked = std::min(name->second.asked, state_->now() - used_for);
}

}  // namespace webhook::link
