#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::link {

/// Reads one HTTP/1 message in pieces of any size. Tolerant, as curl and Node.js are: only an ambiguous
/// status is an error. A connection is not kept alive after a message that deviates from RFC 9112. Every byte
/// counts against a limit, whatever part of the grammar it belongs to, and only the current line is stored.
class HttpReader {
  public:
    enum class Kind : std::uint8_t { response, request };

    struct Limits {
        std::size_t syntax = std::size_t{64}
                             << 10U;  ///< all bytes outside the body: heads (interim ones, too), chunk syntax
        std::uint64_t total = std::uint64_t{1} << 20U;
    };

    HttpReader(Kind kind, Limits limits) : kind_(kind), limits_(limits) {}
    HttpReader(const HttpReader&) = delete;
    HttpReader& operator=(const HttpReader&) = delete;

    /// Says that the response is one to HEAD: whatever its header says, no body follows.
    void expect_no_body() { no_body_ = true; }
    /// Takes received bytes; returns how many of them belong to the message. Fewer than all only if reading
    /// has ended.
    std::size_t put(std::string_view bytes);
    /// Takes the end of the connection.
    void put_end();

    /// Returns whether reading has ended: the message is complete, or error() says why it cannot be.
    bool ended() const { return state_ == State::done || state_ == State::broken; }
    bool whole() const { return state_ == State::done; }
    /// Returns whether the header is complete (of a response: the final one), whatever happens to the body.
    bool has_head() const { return head_done_; }
    /// Returns the status, also if a limit ended the lines after it; 0: there is no status.
    int status() const { return head_done_ || over_limit_ ? status_ : 0; }
    /// Returns whether at least one byte of the message was received.
    bool began() const { return total_ > 0; }
    /// Returns whether the message is complete, delimited and unambiguous.
    bool keep_alive() const;
    const std::string& error() const { return error_; }

  protected:
    ~HttpReader() = default;

    /// Receives a header line of the final head, without blanks around the value. Trailers are not passed.
    virtual void on_field(std::string_view name, std::string_view value) = 0;
    virtual void on_body(std::string_view bytes) = 0;
    /// Receives the words of a request line.
    virtual void on_request_line(std::string_view /*method*/, std::string_view /*target*/) {}

    /// The status of the head whose lines are being received.
    int status_so_far() const { return status_; }
    std::uint64_t announced() const { return has_length_ ? length_ : 0; }

  private:
    enum class State : std::uint8_t {
        start,
        fields,
        body,          ///< `left_` bytes of it
        body_to_end,   ///< until the connection ends
        chunk_size,    ///< digits
        chunk_syntax,  ///< extensions after them on the line
        chunk_end,     ///< the line end after a chunk's bytes
        trailer,
        done,
        broken,
    };

    void put_line(std::string_view* bytes);
    void put_body(std::string_view* bytes);
    void put_chunk_size(std::string_view* bytes);
    void put_chunk_syntax(std::string_view* bytes);
    void put_chunk_end(std::string_view* bytes);
    void put_trailer(std::string_view* bytes);
    void take(std::string_view line);
    void take_status_line(std::string_view line);
    void take_request_line(std::string_view line);
    void take_field(std::string_view line);
    void take_length(std::string_view value);
    void take_coding(std::string_view value);
    void take_connection(std::string_view value);
    void end_head();
    void begin_body();
    void end_chunk_size();
    bool interim() const { return kind_ == Kind::response && status_ >= 100 && status_ < 200; }

    std::string_view take_syntax(std::string_view* bytes, bool* line_ended);
    void count(std::size_t syntax, std::string_view* bytes);
    void exceed();
    void fail(std::string what);

    const Kind kind_;
    const Limits limits_;
    State state_ = State::start;
    bool no_body_ = false;
    bool head_done_ = false, over_limit_ = false;
    bool clean_ = true;       ///< no deviation from RFC 9112 so far
    bool ambiguous_ = false;  ///< the length is ambiguous
    bool has_length_ = false, chunked_ = false, other_coding_ = false, old_ = false, wants_close_ = false,
         wants_keep_ = false;
    bool after_cr_ = false, text_in_line_ = false;  ///< of chunk syntax and trailers, which are not stored
    unsigned digits_ = 0;
    int status_ = 0;
    std::size_t syntax_ = 0;
    std::uint64_t total_ = 0, length_ = 0, left_ = 0;
    std::string line_;  ///< the beginning of a line whose end was not received yet
    std::string error_;
};

/// Quotes at most 64 received bytes for a message, with everything but printable ASCII as \xHH.
std::string seen(std::string_view bytes);

}  // namespace webhook::link
