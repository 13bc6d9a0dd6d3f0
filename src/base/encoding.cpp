#include "base/encoding.hpp"

#include <algorithm>
#include <iterator>

namespace webhook::base {

namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Table = std::array<signed char, 256>;

constexpr Table make_table(std::string_view digits) {
    Table table{};
    for (signed char& each : table)
        each = -1;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        table[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
    }
    return table;
}

constexpr Table make_hex_table() {
    Table table = make_table("0123456789abcdef");
    for (int i = 0; i < 6; ++i)
        table[static_cast<unsigned char>('A') + static_cast<std::size_t>(i)] =
            static_cast<signed char>(10 + i);
    return table;
}

constexpr Table hex_table = make_hex_table();
/// Some senders that document base64 write the alphabet of URLs, in secrets and in signatures.
constexpr Table make_base64_table() {
    Table table = make_table(base64_digits);
    table['-'] = table['+'];
    table['_'] = table['/'];
    return table;
}

constexpr Table base64_table = make_base64_table();
constexpr Table base64url_table = make_table(base64url_digits);

int look_up(const Table& table, char c) {
    return table[static_cast<unsigned char>(c)];
}

long decode_hex(std::string_view text, unsigned char* out, std::size_t capacity) {
    if (text.size() % 2 != 0 || text.size() / 2 > capacity) return -1;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = look_up(hex_table, text[i]);
        const int low = look_up(hex_table, text[i + 1]);
        if (high < 0 || low < 0) return -1;
        out[i / 2] = static_cast<unsigned char>(high * 16 + low);
    }
    return static_cast<long>(text.size() / 2);
}

/// Takes the padding off; false when it is there and not as long as it must be.
bool strip_padding(std::string_view* text) {
    std::size_t pads = 0;
    while (pads < 2 && !text->empty() && text->back() == '=') {
        text->remove_suffix(1);
        ++pads;
    }
    const std::size_t wanted = (4 - text->size() % 4) % 4;
    return pads == wanted || pads == 0;
}

/// Whether bits that belong to no whole byte must be zero.
enum class Spare : bool { zero, any };

/// Decodes the last group of none, two or three digits.
long decode_tail(std::string_view text, const Table& table, Spare spare, unsigned char* out, long size) {
    if (text.empty()) return size;
    const int a = look_up(table, text[0]);
    const int b = look_up(table, text[1]);
    const int c = text.size() == 3 ? look_up(table, text[2]) : 0;
    if ((a | b | c) < 0) return -1;
    const int group = a << 12 | b << 6 | c;
    out[size++] = static_cast<unsigned char>(group >> 10);
    if (text.size() == 3) out[size++] = static_cast<unsigned char>(group >> 2);
    const int unused = text.size() == 3 ? 3 : 0x3ff;
    return spare == Spare::any || (group & unused) == 0 ? size : -1;
}

/// Decodes digits without padding.
long decode_digits(std::string_view text, const Table& table, Spare spare, unsigned char* out,
                   std::size_t capacity) {
    if (text.size() % 4 == 1) return -1;
    if (text.size() / 4 * 3 + (text.size() % 4 * 3) / 4 > capacity) return -1;
    long size = 0;
    for (; text.size() >= 4; text.remove_prefix(4)) {
        const int a = look_up(table, text[0]);
        const int b = look_up(table, text[1]);
        const int c = look_up(table, text[2]);
        const int d = look_up(table, text[3]);
        if ((a | b | c | d) < 0) return -1;
        const int group = a << 18 | b << 12 | c << 6 | d;
        out[size++] = static_cast<unsigned char>(group >> 16);
        out[size++] = static_cast<unsigned char>(group >> 8);
        out[size++] = static_cast<unsigned char>(group);
    }
    return decode_tail(text, table, spare, out, size);
}

long decode_base64(std::string_view text, const Table& table, unsigned char* out, std::size_t capacity) {
    return strip_padding(&text) ? decode_digits(text, table, Spare::zero, out, capacity) : -1;
}

void encode_base64(std::string_view bytes, std::string_view digits, bool pad, std::string* out) {
    std::uint32_t bits = 0;
    int held = 0;
    for (const unsigned char byte : bytes) {
        bits = (bits << 8 | byte) & 0xffff;
        held += 8;
        while (held >= 6) {
            held -= 6;
            out->push_back(digits[bits >> held & 63]);
        }
    }
    if (held > 0) out->push_back(digits[bits << (6 - held) & 63]);
    if (pad) out->append((3 - bytes.size() % 3) % 3, '=');
}

void encode_hex(std::string_view bytes, std::string* out) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const unsigned char byte : bytes) {
        out->push_back(digits[byte >> 4]);
        out->push_back(digits[byte & 15]);
    }
}

}  // namespace

long decode_into(std::string_view text, Encoding encoding, unsigned char* out, std::size_t capacity) {
    switch (encoding) {
        case Encoding::hex:
            return decode_hex(text, out, capacity);
        case Encoding::base64:
            return decode_base64(text, base64_table, out, capacity);
        case Encoding::base64url:
            return decode_base64(text, base64url_table, out, capacity);
        case Encoding::none:
            break;
    }
    if (text.size() > capacity) return -1;
    text.copy(reinterpret_cast<char*>(out), text.size());
    return static_cast<long>(text.size());
}

bool decode_text(std::string_view text, Encoding encoding, std::string* out) {
    out->assign(text.size(), '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out->data());
    const long size = decode_into(text, encoding, bytes, out->size());
    out->resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return size >= 0;
}

bool decode_lax_base64(std::string_view text, std::string* out) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    for (int i = 0; i < 2 && !digits.empty() && digits.back() == '='; ++i)
        digits.pop_back();
    const std::size_t start = out->size();
    out->resize(start + digits.size() / 4 * 3 + 2);
    const long size =
        decode_digits(digits, base64_table, Spare::any, reinterpret_cast<unsigned char*>(out->data() + start),
                      out->size() - start);
    out->resize(start + static_cast<std::size_t>(std::max(size, 0L)));
    return size >= 0;
}

void encode_text(std::string_view bytes, Encoding encoding, std::string* out) {
    switch (encoding) {
        case Encoding::hex:
            return encode_hex(bytes, out);
        case Encoding::base64:
            return encode_base64(bytes, base64_digits, true, out);
        case Encoding::base64url:
            return encode_base64(bytes, base64url_digits, false, out);
        case Encoding::none:
            out->append(bytes);
            return;
    }
}

bool encoding_from_word(std::string_view word, Encoding* encoding) {
    if (word == "hex")
        *encoding = Encoding::hex;
    else if (word == "base64")
        *encoding = Encoding::base64;
    else if (word == "base64url")
        *encoding = Encoding::base64url;
    else
        return false;
    return true;
}

}  // namespace webhook::base
