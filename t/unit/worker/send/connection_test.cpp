// Where an attempt connects to, and which connections are used again.

#include <ctime>
#include <functional>
#include <map>
#include <mutex>

#include "link/connect_race.hpp"
#include "t/unit/worker/send/support.hpp"
#include "worker/send/origin.hpp"

namespace webhook::test {
namespace {

TEST_F(SenderTest, ReusesTheConnection) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    EXPECT_EQ(send(document_for(server.url()), sample(), 20).result, Result::delivered);
    EXPECT_EQ(server.requests->size(), 20u);
    EXPECT_EQ(*server.connections, 1);
}

TEST_F(SenderTest, AConnectionClosedBetweenRequestsIsNoFailure) {
    Server server(io, [](const Received&) { return Reply{ok, Reply::Then::close}; });
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(send(document_for(server.url())).result, Result::delivered);
    EXPECT_EQ(server.requests->size(), 5u);
}

TEST_F(SenderTest, AConnectionThatClosesUnderTheRequestIsTriedOnceMore) {
    std::map<int, int> seen;
    Server server(io, [&seen](const Received& request) {
        const bool again = ++seen[request.connection] > 1;
        return again ? Reply{"", Reply::Then::close} : Reply{ok};
    });
    EXPECT_EQ(send(document_for(server.url()), sample(), 3).error, "");
    EXPECT_EQ(*server.connections, 3) << "the server closed the kept one when the next request came";
    EXPECT_EQ(server.requests->size(), 5u);
}

TEST_F(SenderTest, AResponseThatBreaksOffOnAKeptConnectionIsAFailure) {
    int requests = 0;
    Server server(io, [&requests](const Received&) {
        return ++requests == 2 ? Reply{"HTTP/1.1 200 OK\r\nConte", Reply::Then::close} : Reply{ok};
    });
    EXPECT_EQ(send(document_for(server.url()), sample(), 2).error,
              "answer: connection closed within the header of status 200");
    EXPECT_EQ(requests, 2) << "the request was not sent again";
}

TEST_F(SenderTest, KeptConnectionsToAVanishedAddressAreClosed) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const auto now = Clock::now();
    const Addresses here{asio::ip::make_address("127.0.0.1")}, elsewhere{asio::ip::make_address("127.0.0.2")};
    const auto limits = std::make_shared<IdleLimits>();
    Origin origin({"receiver.example", server.port(), nullptr, nullptr}, true, limits);
    const auto keep_one = [&] {
        asio::ip::tcp::socket socket(io);
        socket.connect({here.front(), server.port()});
        origin.give(std::make_unique<HttpConnection>(std::move(socket), "receiver.example"), now);
        return limits->held;
    };
    EXPECT_EQ(keep_one(), 1u);
    EXPECT_EQ(origin.take(now, elsewhere), nullptr);
    EXPECT_EQ(limits->held, 0u) << "closed when the name leads elsewhere";
    EXPECT_EQ(keep_one(), 1u);
    origin.sweep(now, &here);
    EXPECT_EQ(limits->held, 1u);
    origin.sweep(now, &elsewhere);
    EXPECT_EQ(limits->held, 0u);
    keep_one();
    EXPECT_NE(origin.take(now, here), nullptr);
}

TEST_F(SenderTest, AFreshConnectionThatClosesIsAFailure) {
    EXPECT_EQ(answer_with("", Reply::Then::close).error,
              "answer: connection closed: does the port want https://?");
    const Attempt attempt = answer_with("HTTP/1.1 200 OK\r\nContent-", Reply::Then::close);
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_EQ(attempt.status, 0);
}

TEST_F(SenderTest, ConnectErrors) {
    unsigned short port = 0;
    {
        Server gone(io, [](const Received&) { return Reply{}; });
        port = gone.port();
    }
    EXPECT_EQ(send(document_for("http://127.0.0.1:" + std::to_string(port))).error,
              "connect 127.0.0.1: connection refused");
    const Attempt attempt = send(document_for("http://no-such-name.invalid/"));
    EXPECT_EQ(attempt.error.substr(0, 9), "resolve: ");
}

TEST_F(SenderTest, GuardsAddresses) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    SenderOptions options;
    options.guard = AddressGuard::nowhere();
    make(options);
    const std::string port = std::to_string(server.port());
    for (const std::string host : {"127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]",
                                   "[::ffff:127.0.0.1]", "0", "127.1"}) {
        const Attempt attempt =
            send(document_for("http://" + host + ":" + port + "/", R"(,"allow_private":true)"));
        EXPECT_EQ(attempt.result, Result::failed) << host;
        // A bare machine without /etc/hosts does not know this name.
        if (host == "localhost" && attempt.error.substr(0, 9) == "resolve: ") continue;
        EXPECT_NE(attempt.error.find("is not allowed"), std::string::npos) << host << " " << attempt.error;
    }
    EXPECT_TRUE(server.requests->empty());
}

TEST_F(SenderTest, GuardListNeedsTheEndpointsFlagToo) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    SenderOptions options;
    std::string error;
    options.guard = AddressGuard::inside({"127.0.0.0/8"}, &error);
    make(options);
    EXPECT_EQ(send(document_for(server.url(), R"(,"allow_private":true)")).result, Result::delivered);
    EXPECT_EQ(send(document_for(server.url())).error, "address 127.0.0.1 is not allowed");
    EXPECT_EQ(server.requests->size(), 1u);
}

// Names of the test's own: what each look-up answers.
struct FakeNames {
    std::mutex mutex;
    link::Resolver::Answer answer;
    int asked = 0;

    void set(const std::vector<const char*>& addresses) {
        link::Addresses list;
        for (const char* address : addresses)
            list.push_back(asio::ip::make_address(address));
        const std::lock_guard lock(mutex);
        answer = {list.empty() ? nullptr : std::make_shared<const link::Addresses>(list), "no address"};
    }
    link::Resolver::LookUp look_up() {
        return [this](const std::string&) {
            const std::lock_guard lock(mutex);
            ++asked;
            return answer;
        };
    }
};

/// Takes no connection: its queue is full.
class DeafServer {
  public:
    explicit DeafServer(asio::io_context& io) : acceptor_(io) {
        acceptor_.open(tcp::v4());
        acceptor_.bind({asio::ip::make_address_v4("127.0.0.77"), 0});
        acceptor_.listen(1);
        for (int i = 0; i < 8; ++i) {
            filling_.emplace_back(io, tcp::v4());
            filling_.back().async_connect(acceptor_.local_endpoint(),
                                          [](const boost::system::error_code&) {});
        }
    }
    unsigned short port() const { return acceptor_.local_endpoint().port(); }

  private:
    using tcp = asio::ip::tcp;
    tcp::acceptor acceptor_;
    std::vector<tcp::socket> filling_;
};

TEST_F(SenderTest, RacesAddresses) {
    FakeNames names;
    SenderOptions options;
    options.look_up = names.look_up();
    make(options);
    Server server(io, [](const Received&) { return Reply{ok, Reply::Then::close}; });
    const auto document = document_for("http://receiver.example:" + std::to_string(server.port()) + "/",
                                       R"(,"connect_timeout":"15s","timeout":"30s")");
    names.set({"::1", "127.0.0.9", "127.0.0.1"});
    EXPECT_EQ(send(document).error, "") << "what refuses is passed over at once";
    EXPECT_EQ(server.requests->size(), 1u);
    const auto dead = document_for("http://dead.example:" + std::to_string(server.port()) + "/");
    server.close();
    EXPECT_EQ(send(dead).error,
              "connect 127.0.0.1: connection refused; connect ::1: connection refused; connect 127.0.0.9: "
              "connection "
              "refused");
}

TEST_F(SenderTest, ADeadAddressCostsAQuarterOfASecondOnce) {
    FakeNames names;
    SenderOptions options;
    options.look_up = names.look_up();
    make(options);
    DeafServer deaf(io);
    asio::ip::tcp::acceptor good(io, {asio::ip::address_v4::loopback(), deaf.port()});
    int accepted = 0;
    std::function<void()> accept = [&] {
        good.async_accept([&](const boost::system::error_code& error, asio::ip::tcp::socket socket) {
            if (error) return;
            ++accepted;
            boost::system::error_code ignored;
            asio::write(socket, asio::buffer(std::string("HTTP/1.1 204\r\nConnection: close\r\n\r\n")),
                        ignored);
            accept();
        });
    };
    accept();
    const auto document =
        document_for("http://receiver.example:" + std::to_string(deaf.port()) + "/", R"(,"timeout":"30s")");
    names.set({"127.0.0.77", "127.0.0.1"});
    EXPECT_GE(send(document).took, link::ConnectRace::head_start);
    Attempt again;  // once without a stall of this machine is enough
    for (int i = 0; i < 20 && (i == 0 || again.took >= link::ConnectRace::head_start); ++i)
        again = send(document);
    EXPECT_LT(again.took, link::ConnectRace::head_start) << "what failed is tried last";
    names.set({"127.0.0.77"});
    const auto alone = document_for("http://alone.example:" + std::to_string(deaf.port()) + "/",
                                    R"(,"connect_timeout":"300ms")");
    EXPECT_EQ(send(alone).error, "connect 127.0.0.77: timeout");
    good.close();
    io.poll();
}

TEST_F(SenderTest, GuardsTheAddressThatIsConnectedTo) {
    FakeNames names;
    SenderOptions options;
    std::string error;
    options.guard = AddressGuard::inside({"127.0.0.1/32"}, &error);
    options.look_up = names.look_up();
    make(options);
    Server server(io, [](const Received&) { return Reply{ok}; });
    const std::string port = std::to_string(server.port());
    names.set({"127.0.0.2", "127.0.0.1"});
    EXPECT_EQ(send(document_for("http://mixed.example:" + port + "/", R"(,"allow_private":true)")).error, "");
    names.set({"127.0.0.2", "::1"});
    EXPECT_EQ(send(document_for("http://inside.example:" + port + "/", R"(,"allow_private":true)")).error,
              "address 127.0.0.2 is not allowed");
}

TEST_F(SenderTest, StopEndsWhatIsUnderWay) {
    Server hang(io, [](const Received&) { return Reply{"", Reply::Then::hang}; });
    make();
    const auto target = sender->prepare(document_for(hang.url()), &problem);
    Attempt attempt, later;
    bool done = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            attempt = co_await sender->attempt(target, sample(), {});
            later = co_await sender->attempt(target, sample(), {});
            done = true;
        },
        asio::detached);
    run_until([&] { return hang.requests->size() == 1; });
    sender->stop();
    run_until([&] { return done; });
    EXPECT_EQ(attempt.error, "stopped");
    EXPECT_EQ(later.error, "stopped");
}

TEST_F(SenderTest, ManyTargetsArePreparedInLinearTime) {
    const auto seconds_for = [this](int count) {
        make();
        std::vector<std::shared_ptr<const PreparedEndpoint>> targets;
        std::vector<endpoint::Document> documents(count, document_for("http://receiver.example/"));
        for (int i = 0; i < count; ++i)
            documents[i].url = "http://h" + std::to_string(i) + ".example/";
        const std::clock_t began = std::clock();
        for (const auto& document : documents)
            targets.push_back(sender->prepare(document, &problem));
        return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    };
    const double few = seconds_for(1000);
    EXPECT_LT(seconds_for(16000),
              few * 80);  // 16 times as many; each looking at all before it: 256 times as long
}

}  // namespace
}  // namespace webhook::test
