#pragma once

#include <string>

namespace webhook::test {

// Keys that were made for these tests and are used nowhere else.
inline const std::string ed25519_private = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIHgyyfNEa2MEb2Km4Ew3BVsDwwnr1xC8KPBBhJfSPUDF
-----END PRIVATE KEY-----
)";
inline const std::string ed25519_public = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAj44OXgojoBlz4gogrpUsRLbqbr4ulPdC5h2AjzRtoIE=
-----END PUBLIC KEY-----
)";
inline const std::string ed25519_other_private = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOsO93bLKo3mYxoQ7tmlczGffdaokpLdywjuH399U194
-----END PRIVATE KEY-----
)";
inline const std::string ed25519_other_public = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAZj1ia6Yg15LOwD36c9ZXqJHGzZeOJyY3eYP7KKPw6sk=
-----END PUBLIC KEY-----
)";
inline const std::string p256_private = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqUUuLNgPrSoZYr5c
SaTptlmurC4j9PZ6sdmGnRohRMChRANCAARmZClzvfPort288j3Pv3Bg6k1vDkMD
wS4MBvbCaAcdojeMDA0IkRbkGD42UQ5FwTMBduNlpJvZNsKjsihSaa7B
-----END PRIVATE KEY-----
)";
inline const std::string p256_public = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZmQpc73z6K7dvPI9z79wYOpNbw5D
A8EuDAb2wmgHHaI3jAwNCJEW5Bg+NlEORcEzAXbjZaSb2TbCo7IoUmmuwQ==
-----END PUBLIC KEY-----
)";
inline const std::string p256_other_private = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNGGnXjAvXjHt88Ox
nxNcNdaD/ty5Xhfq2MF//6PKav2hRANCAASgz2kJiD8tmf9m9CRTgQTubhqbWgSq
OlZFwkVFbrCpT0gPraJ1S6mHnBTUcdX5izQ4sHBXrdhUr1S0PGYnh0YN
-----END PRIVATE KEY-----
)";
inline const std::string p256_other_public = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoM9pCYg/LZn/ZvQkU4EE7m4am1oE
qjpWRcJFRW6wqU9ID62idUuph5wU1HHV+Ys0OLBwV63YVK9UtDxmJ4dGDQ==
-----END PUBLIC KEY-----
)";
inline const std::string rsa_private = R"(-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC9XZY1PDf/WZHL
kvAv4yARg24B98w7wo3fH/vVAbRAH6063pAJeFIvNvhGHw0E713ls7ZrVBEGUee4
2d2Lbf+XZfY9GROEdNjEnxyhv3RtTkcvcT2nuH87bTu7S1WX2MNHhIYSlD1BNtNG
LxFMh46IgSduZb3xsBbxgNrUbZR7ksKOih1J60NEwd9JhdJ11c7gE8tETR83/4dX
IEFckjLqV0BtyhTSsOAekf4KIn4US72jowa0uf9M+RylN/W00VPhc7p7XRNIEyLc
C3fqxETC1P6BFwfIUm/urgGhDDoaDBIUKYXEBqFw2aydXMe/0hRfxjUlq+HD+8U9
6LDoFSTbAgMBAAECggEAAYNj8VPSJryEyXUa22cbz+yWYL9cwioRRnQKsSVaoECO
Q9S9MVrAgfLwgYpfskKvbR7GPiAuthMTMq/R3tXwxBSsORJ7qAQsvP6lFMk+mTkD
xcGRnyJaBDhp0O0OnlThZgroyIOCv4QXyUQUKnQcAXqtmI9kuOaR6F3dPTzEFGwi
3GzbyaeRypd52PP/m03mraVN4bWcqK34C+h89BtSP0TL1n7rL6d55FlhlXksOd4n
zZGWIXxI1aU5hxkjvOisxTY95aTtODvPb5TfaSQBw6IpYAmWNRrpU4BDJ/E/LTw9
YJCKWLRSQGLmFr0E5NWJkSInT3Qu8g6lVea0f3YDMQKBgQDnsYgBENDfkyxUUnJ+
JXVGGddVbyyzxkLH3OmNgdGV9fcf5rz7E8xLxJvsmGwX4RgeAiGdL9y5RZLV4Rfj
NfA1Sr4lIS2+Ir03ujtpDHUFok/3AZd63jLgUCscgv1fVXGCH8+AVe7dO16zq/uz
D6VDHx5V8bLUIVLfMP87JEYA3QKBgQDRO0b/wrRth+dzA00nrwdwRpgHs9r3qW9M
vEqsBaJF76z1cFXhUlTPX8NnVmNOyW5NgUNFGhlzdAcDJtG7dnACtjJ1JWi682RT
VnQ7+P2Fab0ZasbwA/jxdcqjp9jRLMwfRfRSMbY7+N0P4peWyPa2P9CTaz8/YIUp
qJ1tuRXFFwKBgHKN+VOlj9BrAOj0Fr2+IXy2fBw2qqB8LzqIREV94TVG9pekSt3N
DR6NKBbTyeYImhcEMMB6EKTd/FqZP2lMmuaOfPL4s5glru5lusgWq6lMdkMHW3EZ
eYgkuxwOu92t7kBLIBow4rgpiYpGR11iJ/DG6wXNSgDONR47KIaCScZVAoGBAJv1
BV0K8pZaIOkX4uDblD3aQOQs6eCFCRM3nqlOocBjgJaKH1mOluzkQrC6Mde+SVu4
KD5Pz/zA1aFBxD9pbuB2knHDaqc/WN7NqGIznDVftbZGYvbw3xSManlGWVTBgX0m
FZFWwLE/NPfsPHYGYe9C7eOUo1ZISbndl0r8FQANAoGBANqi9vJgzEneFCZMOI+1
y3KSMq7HUT4GFIhqNLLfcXYV/NNM1OAe2JGArctEw/HINqkqpN+YIlWisJ6cf2K+
atUeIkTEBc2qFCOa7D9JRsloZDr8SC00Jf/F0P8STOcZG0hT3LvMS/RRj2HnHAGt
xIbVCJYEkaw/UkgJ1RRq0POO
-----END PRIVATE KEY-----
)";
inline const std::string rsa_public = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvV2WNTw3/1mRy5LwL+Mg
EYNuAffMO8KN3x/71QG0QB+tOt6QCXhSLzb4Rh8NBO9d5bO2a1QRBlHnuNndi23/
l2X2PRkThHTYxJ8cob90bU5HL3E9p7h/O207u0tVl9jDR4SGEpQ9QTbTRi8RTIeO
iIEnbmW98bAW8YDa1G2Ue5LCjoodSetDRMHfSYXSddXO4BPLRE0fN/+HVyBBXJIy
6ldAbcoU0rDgHpH+CiJ+FEu9o6MGtLn/TPkcpTf1tNFT4XO6e10TSBMi3At36sRE
wtT+gRcHyFJv7q4BoQw6GgwSFCmFxAahcNmsnVzHv9IUX8Y1Javhw/vFPeiw6BUk
2wIDAQAB
-----END PUBLIC KEY-----
)";
inline const std::string rsa_other_private = R"(-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQD5H1Mddejf5gn7
7OXK4c9ljAqLEfO0DWi562Lq2xqBdT/pLzax4SqjZVX6obPiVUC3AaOmcGw3pNf2
No1x51GZVyP0tScpE4H1gJGQU11zlT3MHcIYx0P0XCcJX1RAsgTmA1kv+kWW05bn
BGh4iNSt+y2W+wdKBGGcoxFso0ae9Se3zed1l1x9YqztRXtty6v+3vjGiJFITRYR
NZFGBhZaVeNHi4G1r8ntq4OJzllK+z+LzLd20VB3cdY+mB+NijituWgahyo8jwPv
YSVuc7k9oR1734YihRlK8Q/Cnm9IBvP49XilNaxsMIC/UAi8r9BtueqApN46WSuI
hRnBsQTHAgMBAAECggEAJ1AAJ7gBpcOBc9XwdVGpDtdImqWclZ9AFYbFt1YYGrHM
AhpHQU7NEbfeF40I/ACEE90YXB2FlkpXIi19qKneQJp1vBoSMfM4IOvHDMV7C9BT
TjCr/okDej5IkrwOaZ8uErYYju+pp6GAQLh7W/oLxeDLUvYOMmn6lWNOTpx9envZ
sg7GHslt3BzL2FfbEIdPQyyv/1CQuyAvocgOmzcKiymonimp+CcYskdsBXN82LJ4
T5nNKTnJGrD/QT1SaLCc4TIpcIW1K/aYcZVthqlYdx4CF97ljCkkosRe/ZKh6Ccc
iTfSCi65N4dLGZd/uKaJBFS5BKU48LCMEpSETgoiYQKBgQD+EkExGqXcF8Aha8E7
vjv5vNx0O+3IvzsFGNUrbVH3+kbHHRImxHJs0VJTWvNXdoYGNEsc2yz298rJWjK8
pL9Yq33YOPXWfM1c15A1fbvvIycIiwVyJ6cjMR+UAo9U3wqQeMeFYrYlWh62izbk
OLk3RO1++pRP+DM28jpceL53+QKBgQD7A3PbAE60/BHvuqepLOdHdaWQePdcLCxJ
QqUBN5FFlGH9bTPLedouMZV66rJaygdkjz+K/OZI2j9iYnnKuZZPNLQxzRfLnQIm
a5W/xJXyyV93dmWaUL6N5CC/+NpKzvHgTKJPSv6TvPReAlQ4qTxP6tKGhURASYmY
B+VHJdYSvwKBgQD9KQdYfGsEEY5aPtp+QyHTyMIJ96UJwLJ4c7QE35srcnCP+oGZ
q2kw0KotcJTEc88742Nsz1/QfjvLwlqH6cjX+5kbmDYtkJG4jvqcsjpPIEHGm2/D
vYsm383NV3emY9BNAGwelqtUMKYl0jXR1kuHrODRA7JAtNmjSF2qwo1XUQKBgFnk
fKMbUxSBiTLfF5gAWrs+qJI6n+tEbn+1/D2ZVs8iOo11hC0EcFxGqY+haUoWO9uJ
aWou85F3h2eGeLNfDzNCXp3PIwxqKBD2SmSo1EJkV2oC3pQLApLx9cCKMDLGNdzr
1NyssMrbym+4Sc0Y3l6Ia+h85VpYe4wUl8mJBUclAoGASES85uubqtkogpIqPP4B
mAFVZTYfuNT4NNNHsXYIPp4jGjjKDRMNkUEndRRPXD7plWIRnoIAQYRQ3jBlx2x0
5/WaIeKRgIUEInCwpY3phEGUMDTNsDFmYwXGxI7RdkTaaQuR1jm+VQkOZPHQhADf
O7Q28gg0muO/LLUZcmOXieU=
-----END PRIVATE KEY-----
)";
inline const std::string rsa_other_public = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA+R9THXXo3+YJ++zlyuHP
ZYwKixHztA1oueti6tsagXU/6S82seEqo2VV+qGz4lVAtwGjpnBsN6TX9jaNcedR
mVcj9LUnKROB9YCRkFNdc5U9zB3CGMdD9FwnCV9UQLIE5gNZL/pFltOW5wRoeIjU
rfstlvsHSgRhnKMRbKNGnvUnt83ndZdcfWKs7UV7bcur/t74xoiRSE0WETWRRgYW
WlXjR4uBta/J7auDic5ZSvs/i8y3dtFQd3HWPpgfjYo4rbloGocqPI8D72ElbnO5
PaEde9+GIoUZSvEPwp5vSAbz+PV4pTWsbDCAv1AIvK/QbbnqgKTeOlkriIUZwbEE
xwIDAQAB
-----END PUBLIC KEY-----
)";
inline const std::string rsa_1024_public = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDsl9o6rsFg5uHUQ+6YSpBQHNxD
XBqC8LcIIA2xOOQHh5ySDXzog1Trk/Zj2+8lDPRm/gIy9l/S8WlWshR+Xy2RbmNf
ygWcgHbbDUhB1G41X6/f54f+tUKdg+rPXQ34bsQEGvCGwt/evvUL91v7a4imW5m4
jGrTTEMLB0OjOjcR8wIDAQAB
-----END PUBLIC KEY-----
)";
inline const std::string p384_public = R"(-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEFRGkzAMJVj/oRMA80dQlkv6rtpdFOjBv
vqygs8G8dU4+QGHoY/hfPXdxD0IEoMva/FmdLmOwi1b5p2UGA9dXaOrqbaGWmdVT
YUXrsnWzNASZ9DallTpQeMWGJr7qvvh8
-----END PUBLIC KEY-----
)";

/// A pair for an algorithm of the scheme language; `other`: another pair of the same kind.
struct KeyPair {
    std::string private_key, public_key;
};

inline KeyPair pair_for(const std::string& algorithm, bool other = false) {
    const auto has = [&](const char* word) { return algorithm.find(word) != std::string::npos; };
    if (has("rsa") || has("rs256")) {
        if (other) return {rsa_other_private, rsa_other_public};
        return {rsa_private, rsa_public};
    }
    if (has("ecdsa") || has("es256")) {
        if (other) return {p256_other_private, p256_other_public};
        return {p256_private, p256_public};
    }
    if (other) return {ed25519_other_private, ed25519_other_public};
    return {ed25519_private, ed25519_public};
}

}  // namespace webhook::test
