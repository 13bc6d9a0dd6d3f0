#pragma once

#include <cstddef>
#include <string_view>

namespace webhook::base {

/// Bytes of the character at the front of `text`, which is not empty; 0 when it is not well-formed UTF-8 (RFC
/// 3629).
std::size_t utf8_length(std::string_view text);

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);

/// Looks through text, piece by piece, for what no text file holds: control characters but tab, CR and LF (C1
/// and DEL too), and bytes that are not UTF-8. Characters may go on from one piece to the next.
class PlainTextScan {
  public:
    /// False when there was one.
    bool feed(std::string_view text);

    /// False when the last character is not complete.
    bool done() const { return follow_ == 0; }

  private:
    bool step(unsigned char byte);

    std::size_t follow_ = 0;                        ///< bytes that must follow
    unsigned char lowest_ = 0x80, highest_ = 0xbf;  ///< of the next of them
};

/// Looks through JSON text, piece by piece, for \u escapes of surrogates that are not pairs (RFC 8259
/// section 8.2). yajl reads "?" or something else in their place, other readers something else again.
class SurrogateScan {
  public:
    /// False when there was one.
    bool feed(std::string_view text);

  private:
    enum class Place : unsigned char { text, escape, digits };
    bool step(char c);
    bool take_unit();

    Place place_ = Place::text;
    bool high_ = false;  ///< the first half of a pair has been read
    unsigned digits_ = 0, unit_ = 0;
};

}  // namespace webhook::base
