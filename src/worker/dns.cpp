#include "worker/dns.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace webhook::worker {
namespace {

namespace asio = boost::asio;
using Answer = Dns::Answer;

constexpr std::chrono::seconds fresh_for{30}, failed_for{2};
constexpr std::chrono::minutes stale_for{30};
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

Answer look_up(const std::string& host, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* raw = nullptr;
    const int code = getaddrinfo(host.c_str(), nullptr, &hints, &raw);
    if (code != 0) return {{}, code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(code)};
    const std::unique_ptr<addrinfo, FreeList> list(raw);
    Answer answer;
    for (const addrinfo* entry = raw; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6)
            answer.addresses.push_back(address_of(*entry));
    }
    if (answer.addresses.empty()) answer.error = "no address";
    return answer;
}

/// One coroutine that waits for a name: a timer that never runs off, cancelled when the answer is there.
struct Waiter final : Cancellable {
    explicit Waiter(const asio::any_io_executor& executor) : timer(executor, Clock::time_point::max()) {}
    void cancel() noexcept override {
        try {
            timer.cancel();
        } catch (const boost::system::system_error&) {
            cancelled = true;
        }
    }
    asio::steady_timer timer;
    bool cancelled = false;
};

struct Name {
    Answer answer;
    Clock::time_point asked{};  ///< when `answer` came
    Clock::time_point
        tried{};         ///< when the last look-up ended, which may have failed while an older answer is kept
    bool known = false;  ///< `answer` holds something
    bool looking = false;   ///< a look-up is queued or runs
    bool troubled = false;  ///< the last look-up failed or none has ended yet
    std::vector<std::shared_ptr<Waiter>> waiters;

    bool usable(Clock::time_point now) const {
        return known && now - asked < (answer.addresses.empty() ? Clock::duration(failed_for)
                                                                : Clock::duration(stale_for));
    }
    bool wants_lookup(Clock::time_point now) const {
        if (looking || !known) return !looking;
        if (troubled && now - tried < failed_for) return false;
        return now - asked >= (answer.addresses.empty() ? failed_for : fresh_for);
    }
};

/// How a look-up thread hands its answer back. Closed when the owner goes, for the thread may well outlive
/// it.
struct Mailbox {
    std::mutex mutex;
    bool open = true;
    asio::any_io_executor executor;
};

}  // namespace

struct Dns::State : std::enable_shared_from_this<Dns::State> {
    explicit State(const asio::any_io_executor& executor)
        : executor(executor), mailbox(std::make_shared<Mailbox>()) {
        mailbox->executor = executor;
    }

    asio::any_io_executor executor;
    std::shared_ptr<Mailbox> mailbox;
    std::unordered_map<std::string, Name> names;
    std::deque<std::string> queue;
    unsigned running = 0, running_troubled = 0;

    void ask(const std::string& host, Name& name) {
        name.looking = true;
        queue.push_back(host);
        start_queued();
    }

    /// Names in trouble wait until one of their few places is free; the others pass them.
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
        try {
            std::thread(work, mailbox, weak_from_this(), host, troubled).detach();
        } catch (const std::system_error& e) {
            asio::post(executor, [self = shared_from_this(), host, troubled, what = std::string(e.what())] {
                self->finish(host, troubled, Answer{{}, what});
            });
        }
    }

    static void work(const std::shared_ptr<Mailbox>& mailbox, const std::weak_ptr<State>& state,
                     const std::string& host, bool troubled) {
        Answer answer = look_up(host, AI_ADDRCONFIG);
        const std::lock_guard lock(mailbox->mutex);
        if (!mailbox->open) return;
        asio::post(mailbox->executor, [state, host, troubled, answer = std::move(answer)]() mutable {
            if (const auto self = state.lock()) self->finish(host, troubled, std::move(answer));
        });
    }

    void finish(const std::string& host, bool troubled, Answer answer) {
        --running;
        running_troubled -= troubled ? 1 : 0;
        Name& name = names[host];
        name.looking = false;
        name.tried = Clock::now();
        name.troubled = answer.addresses.empty();
        const bool keep_old = name.troubled && !name.answer.addresses.empty() && name.known;
        if (!keep_old) {
            name.answer = std::move(answer);
            name.known = true;
            name.asked = name.tried;
        }
        for (const auto& waiter : std::exchange(name.waiters, {}))
            waiter->cancel();
        start_queued();
    }

    void make_room() {
        if (names.size() < max_names) return;
        const auto now = Clock::now();
        std::erase_if(names, [now](const auto& entry) {
            return !entry.second.looking && entry.second.waiters.empty() &&
                   now - entry.second.asked >= fresh_for;
        });
    }
};

Dns::Dns(const asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}

Dns::~Dns() {
    close();
}

void Dns::close() {
    const std::lock_guard lock(state_->mailbox->mutex);
    state_->mailbox->open = false;
}

asio::awaitable<Answer> Dns::resolve(std::string host, Flight& flight) {
    Answer literal = look_up(host, AI_NUMERICHOST);
    if (!literal.addresses.empty()) co_return literal;
    const std::shared_ptr<State> state = state_;
    state->make_room();
    Name& name = state->names[host];
    const auto now = Clock::now();
    const bool usable = name.usable(now);
    if (name.wants_lookup(now)) state->ask(host, name);
    if (usable) co_return name.answer;
    const auto waiter = std::make_shared<Waiter>(state->executor);
    name.waiters.push_back(waiter);
    flight.current = waiter.get();
    boost::system::error_code ignored;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    flight.current = nullptr;
    Name& after = state->names[host];
    std::erase(after.waiters, waiter);
    if (after.known && !after.looking) co_return after.answer;
    co_return Answer{{}, "timeout"};
}

void Dns::forget(const std::string& host) {
    const auto name = state_->names.find(host);
    if (name != state_->names.end()) name->second.known = false;
}

}  // namespace webhook::worker
