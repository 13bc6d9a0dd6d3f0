#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace webhook::store {

/// The text without comment lines and indentation: Redis keeps it.
std::string compact_script(std::string_view text);
/// Joins parts that several scripts share and the body of one; a first line with flags stays first.
std::string with_head(std::string_view body, std::initializer_list<std::string_view> parts);
/// SHA-1 in hex, as EVALSHA wants it.
std::string script_sha(std::string_view text);

/// As steps are told a time: in milliseconds, 0 for a negative one.
std::uint64_t count_of(std::chrono::milliseconds time);

/// A Lua step. Lives as long as the program; its SHA-1 is computed once.
class Script {
  public:
    explicit Script(std::string_view text);
    std::string_view text() const { return text_; }
    std::string_view sha() const { return sha_; }

  private:
    std::string_view text_;
    std::string sha_;
};

/// One call of a script: keys and arguments are collected first, so that the same call can be sent by SHA-1
/// and, after a NOSCRIPT error, again with the text.
class Call {
  public:
    Call(const Script& script, std::string_view key);
    Call& arg(std::string_view value);
    Call& arg(std::uint64_t value);
    Call& arg(std::chrono::milliseconds time);
    Call& arg(std::string_view prefix, std::string_view name);  ///< both joined, as one argument

    Call& raw(std::string_view resp, std::size_t words);  ///< arguments that are RESP already

    std::size_t size() const { return words_.size(); }  ///< bytes of all arguments

    /// Appends EVALSHA (or EVAL) with everything collected.
    void append_to(bool by_text, std::string* out) const;

  private:
    const Script* script_;
    std::string words_;
    std::size_t count_ = 0;
};

}  // namespace webhook::store
