// A table of answers, each judged as curl 7.88 and Node.js 20 judge it: a status that one of them reads is
// read. Where neither or only one is followed, the line says why.

#include <gtest/gtest.h>

#include "link/http_reader.hpp"

namespace webhook::link {
namespace {

class Recorder final : public HttpReader {
  public:
    explicit Recorder(Kind kind = Kind::response, Limits limits = {}) : HttpReader(kind, limits) {}
    std::string fields, body, request_line;

  private:
    void on_field(std::string_view name, std::string_view value) override {
        fields.append(name).append("=").append(value).append(";");
    }
    void on_body(std::string_view bytes) override { body += bytes; }
    void on_request_line(std::string_view method, std::string_view target) override {
        request_line.append(method).append(" ").append(target);
    }
};

/// All that can be asked of a reader, as one text.
std::string verdict(const Recorder& reader) {
    return std::to_string(reader.status()) + (reader.whole() ? " whole" : "") +
           (reader.keep_alive() ? " keep" : "") + (reader.ended() ? "" : " unended") + " " + reader.fields +
           " body=" + reader.body + " error=" + reader.error() + " " + reader.request_line;
}

/// Reads the bytes in pieces of the given size, then the end of the connection if it is asked for.
std::string read(std::string_view bytes, std::size_t piece, bool close, HttpReader::Kind kind = {},
                 HttpReader::Limits limits = {}) {
    Recorder reader(kind, limits);
    std::size_t taken = 0;
    for (std::size_t at = 0; at < bytes.size() && !reader.ended(); at += piece)
        taken += reader.put(bytes.substr(at, piece));
    if (close) reader.put_end();
    return verdict(reader) + (taken < bytes.size() ? " left over" : "");
}

struct Case {
    const char* name;
    std::string bytes;
    int status;  ///< 0: no status can be read
    enum {
        keep,
        drop,
        end
    } as;  ///< drop: the connection is not kept; end: nor does the answer end before it does
};

std::string head(const std::string& line, const std::string& more = "Content-Length: 0\r\n") {
    return line + "\r\n" + more + "\r\n";
}
std::string with(const std::string& more, const std::string& body = "") {
    return "HTTP/1.1 200 OK\r\n" + more + "\r\n" + body;
}

const std::string length_2 = "Content-Length: 2\r\n", length_0 = "Content-Length: 0\r\n",
                  chunked = "Transfer-Encoding: chunked\r\n",
                  hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", good = head("HTTP/1.1 200 OK");

std::string many(const std::string& text, int times) {
    std::string all;
    for (; times > 0; --times)
        all += text;
    return all;
}

// What curl and Node.js say to each line was tried with both; "c" in a comment: curl alone reads it, "n":
// Node.js alone.
const Case cases[] = {
    {"plain", with(length_2, "ok"), 200, Case::keep},
    {"no blank, no reason", head("HTTP/1.1 200"), 200, Case::keep},
    {"blank, no reason", head("HTTP/1.1 200 "), 200, Case::keep},
    {"LF line ends", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, Case::drop},         // c
    {"mixed line ends", "HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok", 200, Case::drop},  // c
    {"CR line ends", "HTTP/1.1 200 OK\rContent-Length: 0\r\r", 0, Case::end},
    {"CR within a value", with("X: a\rb\r\n" + length_0), 200, Case::drop},  // c
    {"interim", "HTTP/1.1 100 Continue\r\n\r\n" + good, 200, Case::keep},
    {"interim 199", "HTTP/1.1 199 x\r\n\r\n" + good, 200, Case::keep},
    {"200 interim", many(hints, 200) + good, 200, Case::keep},
    {"interim with a length", "HTTP/1.1 100 x\r\nContent-Length: 9\r\n\r\n" + good, 200, Case::keep},
    {"switching protocols", head("HTTP/1.1 101 Switching"), 0,
     Case::drop},                                                    // both read 101, which delivers nothing
    {"no colon", with("nonsense\r\n" + length_0), 200, Case::drop},  // c
    {"blank before the colon", with("X : b\r\n" + length_0), 200, Case::drop},                      // c
    {"blank before the colon of a length", with("Content-Length : 2\r\n", "ok"), 200, Case::drop},  // c
    {"no name", with(": b\r\n" + length_0), 200, Case::drop},                                       // c
    {"folded line", with("X: a\r\n b\r\n" + length_0), 200, Case::drop},                            // c
    {"folded line first", with(" X: a\r\n" + length_0), 200, Case::drop},                           // c
    {"folded length", with("Content-Length:\r\n 2\r\n", "ok"), 200, Case::drop},                    // c
    {"odd name", with("X(a): b\r\n" + length_0), 200, Case::drop},                                  // c
    {"name in UTF-8", with("X\xc3\xa9: b\r\n" + length_0), 200, Case::drop},                        // c
    {"NUL in a value", with(std::string("X: a\0b\r\n", 8) + length_0), 200, Case::drop},            // c
    {"control character in a value",
     with("X: a\x01"
          "b\r\n" +
          length_0),
     200, Case::drop},  // c
    {"empty value", with("X:\r\n" + length_0), 200, Case::keep},
    {"keep-alive with parameter", with("Connection: keep-alive;timeout=5\r\n" + length_0), 200, Case::keep},
    {"close with parameter", with("Connection: close;x\r\n" + length_0), 200, Case::drop},
    {"close in a list", with("Connection: x, Close\r\n" + length_0), 200, Case::drop},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nbody", 200, Case::end},
    {"HTTP/1.0 that stays", head("HTTP/1.0 200 OK", "Connection: keep-alive\r\n" + length_0), 200,
     Case::keep},
    {"HTTP/1.0 with length", head("HTTP/1.0 200 OK"), 200, Case::drop},
    {"HTTP/2.0", head("HTTP/2.0 200 OK"), 200, Case::drop},
    {"HTTP/2", head("HTTP/2 200"), 200, Case::drop},           // c
    {"HTTP/0.9", head("HTTP/0.9 200 OK"), 200, Case::drop},    // n
    {"lower case", head("http/1.1 200 OK"), 200, Case::keep},  // c
    {"HTTP/1.2", head("HTTP/1.2 200 OK"), 0, Case::drop},
    {"HTTP/3.0", head("HTTP/3.0 200 OK"), 0, Case::drop},
    {"HTTP/1.10", head("HTTP/1.10 200 OK"), 0, Case::drop},
    {"HTTP/11", head("HTTP/11 200 OK"), 0, Case::drop},
    {"ICY", head("ICY 200 OK"), 0, Case::drop},
    {"RTSP", head("RTSP/1.0 200 OK"), 0, Case::drop},           // n, another protocol: not followed
    {"two blanks", head("HTTP/1.1  200 OK"), 200, Case::drop},  // c
    {"tab", head("HTTP/1.1\t200 OK"), 0, Case::drop},
    {"CRLF before", "\r\n" + good, 200, Case::drop},  // n
    {"LF before", "\n" + good, 200, Case::drop},      // n
    {"blank before", " " + good, 0, Case::drop},
    {"junk before", "xx" + good, 0, Case::drop},
    {"byte order mark before", "\xef\xbb\xbf" + good, 0, Case::drop},
    {"two digits", head("HTTP/1.1 20 OK"), 0, Case::drop},
    {"four digits", head("HTTP/1.1 2000 OK"), 0, Case::drop},
    {"status 000", head("HTTP/1.1 000 OK"), 0, Case::drop},  // n (as 0): no status, not followed
    {"status 099", head("HTTP/1.1 099 OK"), 0, Case::drop},  // n: no status, not followed
    {"status 999", head("HTTP/1.1 999 OK"), 999, Case::keep},
    {"letters in the status", head("HTTP/1.1 2x0 OK"), 0, Case::drop},
    {"sign in the status", head("HTTP/1.1 +20 OK"), 0, Case::drop},
    {"no status", head("HTTP/1.1"), 0, Case::drop},
    {"no blank before the reason", head("HTTP/1.1 200OK"), 200, Case::drop},  // c
    {"fraction", head("HTTP/1.1 200.1 OK"), 200, Case::drop},                 // c
    {"tab before the reason", head("HTTP/1.1 200\tOK"), 200, Case::drop},     // c
    {"reason in any bytes", head("HTTP/1.1 200 \xff\xfe"), 200, Case::keep},
    {"NUL in the reason", "HTTP/1.1 200 a" + std::string(1, '\0') + "\r\n" + length_0 + "\r\n", 200,
     Case::drop},
    {"equal lengths", with(length_2 + length_2, "ok"), 200, Case::drop},                        // c
    {"list of equal lengths", with("Content-Length: 2, 2\r\n", "ok"), 200, Case::drop},         // c
    {"differing lengths", with(length_2 + "Content-Length: 3\r\n", "ok"), 200, Case::drop},     // c, waits
    {"length +2", with("Content-Length: +2\r\n", "ok"), 200, Case::drop},                       // c
    {"length -2", with("Content-Length: -2\r\n", "ok"), 200, Case::drop},                       // c
    {"length 2abc", with("Content-Length: 2abc\r\n", "ok"), 200, Case::drop},                   // c
    {"no length", with("Content-Length:\r\n"), 200, Case::drop},                                // c
    {"huge length", with("Content-Length: 99999999999999999999999\r\n"), 200, Case::drop},      // c
    {"length and chunked", with(length_2 + chunked, "2\r\nok\r\n0\r\n\r\n"), 200, Case::drop},  // c
    {"chunked twice", with(chunked + chunked, "2\r\nok\r\n0\r\n\r\n"), 200, Case::drop},
    {"gzip, chunked", with("Transfer-Encoding: gzip, chunked\r\n", "2\r\nok\r\n0\r\n\r\n"), 200, Case::keep},
    {"chunked, gzip", with("Transfer-Encoding: chunked, gzip\r\n", "2\r\nok\r\n0\r\n\r\n"), 200, Case::end},
    {"xchunked", with("Transfer-Encoding: xchunked\r\n", "2\r\nok\r\n0\r\n\r\n"), 200, Case::end},
    {"identity and length", with("Transfer-Encoding: identity\r\n" + length_2, "ok"), 200,
     Case::drop},                                                                                // c, waits
    {"gzip and length", with(length_2 + "Transfer-Encoding: gzip\r\n", "ok"), 200, Case::drop},  // c
    {"CHUNKED", with("transfer-encoding: CHUNKED\r\n", "2\r\nok\r\n0\r\n\r\n"), 200, Case::keep},
    {"chunks with LF", with(chunked, "2\nok\n0\n\n"), 200, Case::drop},  // c
    {"chunk extensions", with(chunked, "2;a=b\r\nok\r\n0;c\r\n\r\n"), 200, Case::keep},
    {"chunk extension that ends with LF", with(chunked, "2;a=b\nok\r\n0\r\n\r\n"), 200, Case::drop},
    {"blank after a size", with(chunked, "2 \r\nok\r\n0\r\n\r\n"), 200, Case::keep},  // c
    {"no size", with(chunked, "xyz\r\nok\r\n0\r\n\r\n"), 200, Case::drop},
    {"junk after a size", with(chunked, "2x\r\nok\r\n0\r\n\r\n"), 200, Case::drop},
    {"no line end after a chunk", with(chunked, "2\r\nokx0\r\n\r\n"), 200, Case::drop},
    {"two CR after a chunk", with(chunked, "2\r\nok\r\r\n0\r\n\r\n"), 200, Case::drop},
    {"huge chunk", with(chunked, "ffffffffffffffffff\r\nok\r\n0\r\n\r\n"), 200, Case::drop},
    {"trailer", with(chunked, "2\r\nok\r\n0\r\nwebhook-delivery: disable\r\n\r\n"), 200, Case::keep},
    {"trailer of CRs", with(chunked, "0\r\n\r\r\n\r\n"), 200, Case::keep},
    {"length cut short", with("Content-Length: 5\r\n", "ok"), 200, Case::end},
    {"chunk cut short", with(chunked, "5\r\nok"), 200, Case::end},
    {"head cut short", "HTTP/1.1 200 OK\r\nX: y\r\n", 0, Case::end},  // c: an answer that breaks off is none
    {"status line cut short", "HTTP/1.1 200 OK", 0, Case::end},
    {"no length at all", with(""), 200, Case::end},
    {"204 with a length", head("HTTP/1.1 204 No", "Content-Length: 5\r\n"), 204, Case::keep},
    {"304 with a length", head("HTTP/1.1 304 No", "Content-Length: 5\r\n"), 304, Case::keep},
    {"nothing", "", 0, Case::end},
    {"HTML", "<html>ok</html>\n", 0, Case::drop},
    {"SSH", "SSH-2.0-OpenSSH\r\n", 0, Case::drop},
};

TEST(HttpReader, JudgesAsCurlAndNodeDo) {
    for (const Case& c : cases) {
        Recorder reader;
        const std::size_t taken = reader.put(c.bytes);
        EXPECT_EQ(reader.ended(), c.as != Case::end) << c.name;
        reader.put_end();
        EXPECT_EQ(reader.status(), c.status) << c.name << ": " << verdict(reader);
        EXPECT_EQ(reader.keep_alive() && taken == c.bytes.size(), c.as == Case::keep) << c.name;
        EXPECT_EQ(c.status == 0, !reader.error().empty() && !reader.has_head()) << c.name;
        EXPECT_EQ(reader.fields.find("delivery"), std::string::npos)
            << c.name << ": only the header controls";
    }
}

TEST(HttpReader, SaysTheSameWhereverItIsCut) {
    for (const Case& c : cases) {
        const std::string whole = read(c.bytes, c.bytes.size() + 1, true);
        for (const std::size_t piece : {1, 2, 3, 5, 7})
            EXPECT_EQ(read(c.bytes, piece, true), whole) << c.name << " in pieces of " << piece;
        for (std::size_t cut = 1; cut < std::min<std::size_t>(c.bytes.size(), 200); ++cut) {
            Recorder reader;
            std::size_t taken = reader.put(std::string_view(c.bytes).substr(0, cut));
            if (!reader.ended()) taken += reader.put(std::string_view(c.bytes).substr(cut));
            reader.put_end();
            EXPECT_EQ(verdict(reader) + (taken < c.bytes.size() ? " left over" : ""), whole)
                << c.name << " " << cut;
        }
    }
}

TEST(HttpReader, BytesAfterTheAnswerAreLeftOver) {
    Recorder reader;
    const std::string bytes = with(length_2, "ok");
    EXPECT_EQ(reader.put(bytes + "HTTP/1.1 500 no\r\n\r\n"), bytes.size());
    EXPECT_EQ(reader.status(), 200);
    EXPECT_EQ(reader.body, "ok");
}

TEST(HttpReader, SaysWhatWasSeen) {
    const auto error = [](std::string_view bytes) {
        Recorder reader;
        reader.put(bytes);
        reader.put_end();
        return reader.error();
    };
    EXPECT_EQ(error("SSH-2.0-OpenSSH\r\n"), R"(no HTTP status line: "SSH-2.0-OpenSSH")");
    EXPECT_EQ(error("\x1b[2J\"\\\xc2\x9b\r\n"), R"(no HTTP status line: "\x1b[2J\x22\x5c\xc2\x9b")");
    EXPECT_EQ(error(std::string(500, 'x') + "\n"),
              "no HTTP status line: \"" + std::string(64, 'x') + "\"...");
    EXPECT_EQ(error("HTTP/1.1 2"), R"(connection closed after "HTTP/1.1 2")");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nX: y\r\n"), "connection closed within the header of status 200");
    EXPECT_EQ(error("HTTP/1.1 101 x\r\n"), "status 101: no other protocol was asked for");
    EXPECT_EQ(error(""), "connection closed");
}

// Each flood in pieces: reading ends at the limit, and the status that was read counts.
TEST(HttpReader, EndsFloodsWhereverTheyStand) {
    const struct {
        const char* name;
        std::string begin, again;
        int status;
        std::size_t most;
    } floods[] = {
        {"no line end", "", "x", 0, 65536},
        {"reason", "HTTP/1.1 200 ", "x", 0, 65536},
        {"empty lines", "", "\r\n", 0, 65536},
        {"interim answers", "", hints, 0, 65536},
        {"interim head", "HTTP/1.1 103 x\r\n", "Link: x\r\n", 0, 65536},
        {"head", "HTTP/1.1 200 OK\r\n", "X: y\r\n", 200, 65536},
        {"one header line", "HTTP/1.1 500 No\r\nX: ", "y", 500, 65536},
        {"chunk extension", with(chunked, "2;"), "x", 200, 65536},
        {"zeros of a size", with(chunked), "0", 200, 65536},
        {"small chunks", with(chunked), "1\r\nx\r\n", 200, 65536 * 6 / 5 + 6},
        {"trailer", with(chunked, "0\r\n"), "X: y\r\n", 200, 65536},
        {"one trailer line", with(chunked, "0\r\n"), "X", 200, 65536},
        {"body", with(""), "x", 200, 1 << 20},
        {"body with length", with("Content-Length: 999999999999\r\n"), "x", 200, 1 << 20},
        {"large chunk", with(chunked, "ffffffffff\r\n"), "x", 200, 1 << 20},
    };
    for (const auto& flood : floods) {
        std::string bytes = flood.begin;
        while (bytes.size() < (1 << 20) + 100)
            bytes += flood.again;
        const std::string whole = read(bytes, bytes.size(), false);
        EXPECT_EQ(read(bytes, 1, false), whole) << flood.name;
        EXPECT_EQ(read(bytes, 4096, false), whole) << flood.name;
        Recorder reader;
        EXPECT_LE(reader.put(bytes), flood.most) << flood.name;
        EXPECT_TRUE(reader.ended() && !reader.whole() && !reader.keep_alive()) << flood.name;
        EXPECT_EQ(reader.status(), flood.status) << flood.name;
        EXPECT_NE(reader.error(), "") << flood.name;
    }
}

TEST(HttpReader, ReadsRequests) {
    const auto request = [](std::string_view bytes) {
        return read(bytes, bytes.size(), false, HttpReader::Kind::request);
    };
    EXPECT_EQ(request("POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"),
              "0 whole keep Host=h;Content-Length=2; body=ok error= POST /a?b");
    EXPECT_EQ(request("GET / HTTP/1.0\r\n\r\n"), "0 whole  body= error= GET /");
    EXPECT_EQ(request("PUT / HTTP/1.1\r\n" + chunked + "\r\n2\r\nok\r\n0\r\n\r\n"),
              "0 whole keep Transfer-Encoding=chunked; body=ok error= PUT /");
    for (const char* bad :
         {"GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "\x16\x03\x01\n",
          "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"})
        EXPECT_EQ(request(bad).find("whole"), std::string::npos) << bad;
}

}  // namespace
}  // namespace webhook::link
