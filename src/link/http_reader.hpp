#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::link {

/// Reads one HTTP/1 message piece by piece, wherever it is cut. Tolerant, as curl and Node.js are: what
/// counts is whether the status can be read without doubt. Whatever is not exactly as RFC 9112 has it keeps
/// no connection alive. Every byte counts against a limit, wherever it stands in the grammar, and nothing is
/// kept but the line being read.
class HttpReader {
  public:
    enum class Kind : std::uint8_t { response, request };

    struct Limits {
        std::size_t syntax = std::size_t{64}
                             << 10U;  ///< all that is no body: heads (interim ones, too), chunk syntax
        std::uint64_t total = std::uint64_t{1} << 20U;
    };

    HttpReader(Kind kind, Limits limits) : kind_(kind), limits_(limits) {}
    HttpReader(const HttpReader&) = delete;
    HttpReader& operator=(const HttpReader&) = delete;

    /// Takes bytes as they came; how many of them belong to the message. Fewer than all only when reading has
    /// ended.
    std::size_t put(std::string_view bytes);
    /// The peer has closed the connection.
    void put_end();

    /// Reading has ended: the message is whole, or error() says why it never will be.
    bool ended() const { return state_ == State::done || state_ == State::broken; }
    bool whole() const { return state_ == State::done; }
    /// The header is complete (of a response: the final one), whatever comes of the body.
    bool has_head() const { return head_done_; }
    /// What the status line said, also when a limit broke off the lines after it; 0: there is no status.
    int status() const { return head_done_ || over_limit_ ? status_ : 0; }
    /// At least a byte of the message came.
    bool began() const { return total_ > 0; }
    /// Whole, delimited, and without anything that could be understood in two ways.
    bool keep_alive() const;
    const std::string& error() const { return error_; }

  protected:
    ~HttpReader() = default;

    /// A header line of the final head, blanks around the value removed. Trailers do not come here.
    virtual void on_field(std::string_view name, std::string_view value) = 0;
    virtual void on_body(std::string_view bytes) = 0;
    /// The words of a request line.
    virtual void on_request_line(std::string_view /*method*/, std::string_view /*target*/) {}

    std::uint64_t announced() const { return has_length_ ? length_ : 0; }

  private:
    enum class State : std::uint8_t {
        start,
        fields,
        body,          ///< `left_` bytes of it
        body_to_end,   ///< all that comes
        chunk_size,    ///< digits
        chunk_syntax,  ///< what follows them on the line
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
    bool head_done_ = false, over_limit_ = false;
    bool clean_ = true;       ///< nothing odd so far
    bool ambiguous_ = false;  ///< the length can be understood in two ways
    bool has_length_ = false, chunked_ = false, other_coding_ = false, old_ = false, wants_close_ = false,
         wants_keep_ = false;
    bool after_cr_ = false, text_in_line_ = false;  ///< of chunk syntax and trailers, which are not kept
    unsigned digits_ = 0;
    int status_ = 0;
    std::size_t syntax_ = 0;
    std::uint64_t total_ = 0, length_ = 0, left_ = 0;
    std::string line_;  ///< the beginning of a line whose end has not come yet
    std::string error_;
};

/// For messages: at most 64 bytes of what was seen, in quotes, with everything but printable ASCII as \xHH.
std::string seen(std::string_view bytes);

}  // namespace webhook::link
