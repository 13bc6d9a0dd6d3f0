#include "worker/send/address_guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace webhook::worker {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct V4Block {
    std::uint32_t base;
    unsigned bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array<V4Block, 18> private_v4{{
    {v4(0, 0, 0, 0), 8},         // this network, unspecified
    {v4(10, 0, 0, 0), 8},        // RFC 1918
    {v4(100, 64, 0, 0), 10},     // shared address space (CGNAT), RFC 6598
    {v4(127, 0, 0, 0), 8},       // loopback
    {v4(168, 63, 129, 16), 32},  // platform service of Azure, reachable from every guest
    {v4(169, 254, 0, 0), 16},    // link-local and the metadata services
    {v4(172, 16, 0, 0), 12},     // RFC 1918
    {v4(192, 0, 0, 0), 24},      // IETF protocol assignments
    {v4(192, 0, 2, 0), 24},      // documentation
    {v4(192, 31, 196, 0), 24},   // AS112
    {v4(192, 52, 193, 0), 24},   // AMT
    {v4(192, 88, 99, 0), 24},    // 6to4 relays
    {v4(192, 168, 0, 0), 16},    // RFC 1918
    {v4(198, 18, 0, 0), 15},     // benchmarking
    {v4(198, 51, 100, 0), 24},   // documentation
    {v4(203, 0, 113, 0), 24},    // documentation
    {v4(224, 0, 0, 0), 4},       // multicast
    {v4(240, 0, 0, 0), 4},       // reserved and broadcast
}};

bool is_private_v4(const address_v4& candidate) {
    const std::uint32_t number = candidate.to_uint();
    return std::any_of(private_v4.begin(), private_v4.end(),
                       [&](const V4Block& block) { return (number ^ block.base) >> (32 - block.bits) == 0; });
}

bool has_prefix(const address_v6::bytes_type& bytes, std::initializer_list<unsigned char> prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

/// Checks for global unicast (2000::/3) without its special-purpose blocks.
bool is_private_v6(const address_v6& candidate) {
    const auto bytes = candidate.to_bytes();
    if ((bytes[0] & 0xe0) != 0x20) return true;
    if (has_prefix(bytes, {0x20, 0x01}) && bytes[2] < 2)
        return true;                                               // 2001::/23: Teredo, ORCHID, benchmarking
    if (has_prefix(bytes, {0x20, 0x01, 0x0d, 0xb8})) return true;  // documentation
    if (has_prefix(bytes, {0x20, 0x02})) return true;              // 6to4
    if (has_prefix(bytes, {0x26, 0x20, 0x00, 0x4f, 0x80, 0x00})) return true;  // AS112
    return has_prefix(bytes, {0x3f, 0xff}) && bytes[2] < 0x10;                 // 3fff::/20 documentation
}

address_v4 last_four(const address_v6::bytes_type& bytes) {
    return address_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
}

/// Returns the IPv4 address inside ::ffff:0:0/96 or 64:ff9b::/96; other addresses unchanged.
address embedded(const address& candidate) {
    if (!candidate.is_v6()) return candidate;
    const auto bytes = candidate.to_v6().to_bytes();
    const bool mapped = candidate.to_v6().is_v4_mapped();
    const bool nat64 = has_prefix(bytes, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0});
    if (mapped || nat64) return last_four(bytes);
    return candidate;
}

template <std::size_t N>
bool same_bits(const std::array<unsigned char, N>& a, const std::array<unsigned char, N>& b, unsigned bits) {
    for (std::size_t i = 0; i < N && bits > 0; ++i) {
        const unsigned take = std::min(bits, 8u);
        if ((a[i] ^ b[i]) >> (8 - take) != 0) return false;
        bits -= take;
    }
    return true;
}

template <std::size_t N>
bool rest_is_zero(const std::array<unsigned char, N>& bytes, unsigned bits) {
    for (unsigned bit = bits; bit < N * 8; ++bit) {
        if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
    }
    return true;
}

}  // namespace

bool is_private(const address& candidate) {
    const address real = embedded(candidate);
    return real.is_v4() ? is_private_v4(real.to_v4()) : is_private_v6(real.to_v6());
}

std::shared_ptr<const AddressGuard> AddressGuard::everywhere() {
    std::shared_ptr<AddressGuard> guard(new AddressGuard);
    guard->everything_ = true;
    return guard;
}

std::shared_ptr<const AddressGuard> AddressGuard::nowhere() {
    return std::shared_ptr<const AddressGuard>(new AddressGuard);
}

std::shared_ptr<const AddressGuard> AddressGuard::inside(const std::vector<std::string>& networks,
                                                         std::string* error) {
    std::shared_ptr<AddressGuard> guard(new AddressGuard);
    for (std::size_t i = 0; i < networks.size(); ++i) {
        Network network;
        if (!parse(networks[i], &network)) {
            *error = "item " + std::to_string(i + 1) + " is not a network such as 10.0.0.0/8 or fd00::/8";
            return nullptr;
        }
        guard->networks_.push_back(network);
    }
    return guard;
}

bool AddressGuard::parse(std::string_view text, Network* network) {
    const std::size_t slash = text.find('/');
    boost::system::error_code ec;
    network->base = boost::asio::ip::make_address(std::string(text.substr(0, slash)), ec);
    if (ec) return false;
    const unsigned longest = network->base.is_v4() ? 32 : 128;
    network->bits = longest;
    if (slash != std::string_view::npos) {
        const std::string_view bits = text.substr(slash + 1);
        const auto [end, bad] = std::from_chars(bits.data(), bits.data() + bits.size(), network->bits);
        if (bad != std::errc() || end != bits.data() + bits.size() || network->bits > longest) return false;
    }
    return network->base.is_v4() ? rest_is_zero(network->base.to_v4().to_bytes(), network->bits)
                                 : rest_is_zero(network->base.to_v6().to_bytes(), network->bits);
}

bool AddressGuard::contains(const Network& network, const address& candidate) {
    if (network.base.is_v4() != candidate.is_v4()) return false;
    if (candidate.is_v4())
        return same_bits(network.base.to_v4().to_bytes(), candidate.to_v4().to_bytes(), network.bits);
    return same_bits(network.base.to_v6().to_bytes(), candidate.to_v6().to_bytes(), network.bits);
}

bool AddressGuard::allows(const address& candidate, bool endpoint_flag) const {
    if (everything_ || !is_private(candidate)) return true;
    if (!endpoint_flag) return false;
    const address real = embedded(candidate);
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        return contains(network, real) || contains(network, candidate);
    });
}

}  // namespace webhook::worker
