#include "signature/keys/nfkd.hpp"

#include <algorithm>
#include <iterator>

namespace webhook::signature {

namespace {

struct Decomposition {
    unsigned code;
    std::string_view text;
};

// The decompositions of the Unicode character database for the two ranges, sorted.
// clang-format off
constexpr Decomposition decompositions[] = {
    {0x00a0, " "}, {0x00a8, " \xcc\x88"}, {0x00aa, "a"}, {0x00af, " \xcc\x84"}, {0x00b2, "2"}, {0x00b3, "3"},
    {0x00b4, " \xcc\x81"}, {0x00b5, "\xce\xbc"}, {0x00b8, " \xcc\xa7"}, {0x00b9, "1"}, {0x00ba, "o"},
    {0x00bc, "1\xe2\x81\x84""4"}, {0x00bd, "1\xe2\x81\x84""2"}, {0x00be, "3\xe2\x81\x84""4"},
    {0x00c0, "A\xcc\x80"}, {0x00c1, "A\xcc\x81"}, {0x00c2, "A\xcc\x82"}, {0x00c3, "A\xcc\x83"},
    {0x00c4, "A\xcc\x88"}, {0x00c5, "A\xcc\x8a"}, {0x00c7, "C\xcc\xa7"}, {0x00c8, "E\xcc\x80"},
    {0x00c9, "E\xcc\x81"}, {0x00ca, "E\xcc\x82"}, {0x00cb, "E\xcc\x88"}, {0x00cc, "I\xcc\x80"},
    {0x00cd, "I\xcc\x81"}, {0x00ce, "I\xcc\x82"}, {0x00cf, "I\xcc\x88"}, {0x00d1, "N\xcc\x83"},
    {0x00d2, "O\xcc\x80"}, {0x00d3, "O\xcc\x81"}, {0x00d4, "O\xcc\x82"}, {0x00d5, "O\xcc\x83"},
    {0x00d6, "O\xcc\x88"}, {0x00d9, "U\xcc\x80"}, {0x00da, "U\xcc\x81"}, {0x00db, "U\xcc\x82"},
    {0x00dc, "U\xcc\x88"}, {0x00dd, "Y\xcc\x81"}, {0x00e0, "a\xcc\x80"}, {0x00e1, "a\xcc\x81"},
    {0x00e2, "a\xcc\x82"}, {0x00e3, "a\xcc\x83"}, {0x00e4, "a\xcc\x88"}, {0x00e5, "a\xcc\x8a"},
    {0x00e7, "c\xcc\xa7"}, {0x00e8, "e\xcc\x80"}, {0x00e9, "e\xcc\x81"}, {0x00ea, "e\xcc\x82"},
    {0x00eb, "e\xcc\x88"}, {0x00ec, "i\xcc\x80"}, {0x00ed, "i\xcc\x81"}, {0x00ee, "i\xcc\x82"},
    {0x00ef, "i\xcc\x88"}, {0x00f1, "n\xcc\x83"}, {0x00f2, "o\xcc\x80"}, {0x00f3, "o\xcc\x81"},
    {0x00f4, "o\xcc\x82"}, {0x00f5, "o\xcc\x83"}, {0x00f6, "o\xcc\x88"}, {0x00f9, "u\xcc\x80"},
    {0x00fa, "u\xcc\x81"}, {0x00fb, "u\xcc\x82"}, {0x00fc, "u\xcc\x88"}, {0x00fd, "y\xcc\x81"},
    {0x00ff, "y\xcc\x88"}, {0x0100, "A\xcc\x84"}, {0x0101, "a\xcc\x84"}, {0x0102, "A\xcc\x86"},
    {0x0103, "a\xcc\x86"}, {0x0104, "A\xcc\xa8"}, {0x0105, "a\xcc\xa8"}, {0x0106, "C\xcc\x81"},
    {0x0107, "c\xcc\x81"}, {0x0108, "C\xcc\x82"}, {0x0109, "c\xcc\x82"}, {0x010a, "C\xcc\x87"},
    {0x010b, "c\xcc\x87"}, {0x010c, "C\xcc\x8c"}, {0x010d, "c\xcc\x8c"}, {0x010e, "D\xcc\x8c"},
    {0x010f, "d\xcc\x8c"}, {0x0112, "E\xcc\x84"}, {0x0113, "e\xcc\x84"}, {0x0114, "E\xcc\x86"},
    {0x0115, "e\xcc\x86"}, {0x0116, "E\xcc\x87"}, {0x0117, "e\xcc\x87"}, {0x0118, "E\xcc\xa8"},
    {0x0119, "e\xcc\xa8"}, {0x011a, "E\xcc\x8c"}, {0x011b, "e\xcc\x8c"}, {0x011c, "G\xcc\x82"},
    {0x011d, "g\xcc\x82"}, {0x011e, "G\xcc\x86"}, {0x011f, "g\xcc\x86"}, {0x0120, "G\xcc\x87"},
    {0x0121, "g\xcc\x87"}, {0x0122, "G\xcc\xa7"}, {0x0123, "g\xcc\xa7"}, {0x0124, "H\xcc\x82"},
    {0x0125, "h\xcc\x82"}, {0x0128, "I\xcc\x83"}, {0x0129, "i\xcc\x83"}, {0x012a, "I\xcc\x84"},
    {0x012b, "i\xcc\x84"}, {0x012c, "I\xcc\x86"}, {0x012d, "i\xcc\x86"}, {0x012e, "I\xcc\xa8"},
    {0x012f, "i\xcc\xa8"}, {0x0130, "I\xcc\x87"}, {0x0132, "IJ"}, {0x0133, "ij"}, {0x0134, "J\xcc\x82"},
    {0x0135, "j\xcc\x82"}, {0x0136, "K\xcc\xa7"}, {0x0137, "k\xcc\xa7"}, {0x0139, "L\xcc\x81"},
    {0x013a, "l\xcc\x81"}, {0x013b, "L\xcc\xa7"}, {0x013c, "l\xcc\xa7"}, {0x013d, "L\xcc\x8c"},
    {0x013e, "l\xcc\x8c"}, {0x013f, "L\xc2\xb7"}, {0x0140, "l\xc2\xb7"}, {0x0143, "N\xcc\x81"},
    {0x0144, "n\xcc\x81"}, {0x0145, "N\xcc\xa7"}, {0x0146, "n\xcc\xa7"}, {0x0147, "N\xcc\x8c"},
    {0x0148, "n\xcc\x8c"}, {0x0149, "\xca\xbcn"}, {0x014c, "O\xcc\x84"}, {0x014d, "o\xcc\x84"},
    {0x014e, "O\xcc\x86"}, {0x014f, "o\xcc\x86"}, {0x0150, "O\xcc\x8b"}, {0x0151, "o\xcc\x8b"},
    {0x0154, "R\xcc\x81"}, {0x0155, "r\xcc\x81"}, {0x0156, "R\xcc\xa7"}, {0x0157, "r\xcc\xa7"},
    {0x0158, "R\xcc\x8c"}, {0x0159, "r\xcc\x8c"}, {0x015a, "S\xcc\x81"}, {0x015b, "s\xcc\x81"},
    {0x015c, "S\xcc\x82"}, {0x015d, "s\xcc\x82"}, {0x015e, "S\xcc\xa7"}, {0x015f, "s\xcc\xa7"},
    {0x0160, "S\xcc\x8c"}, {0x0161, "s\xcc\x8c"}, {0x0162, "T\xcc\xa7"}, {0x0163, "t\xcc\xa7"},
    {0x0164, "T\xcc\x8c"}, {0x0165, "t\xcc\x8c"}, {0x0168, "U\xcc\x83"}, {0x0169, "u\xcc\x83"},
    {0x016a, "U\xcc\x84"}, {0x016b, "u\xcc\x84"}, {0x016c, "U\xcc\x86"}, {0x016d, "u\xcc\x86"},
    {0x016e, "U\xcc\x8a"}, {0x016f, "u\xcc\x8a"}, {0x0170, "U\xcc\x8b"}, {0x0171, "u\xcc\x8b"},
    {0x0172, "U\xcc\xa8"}, {0x0173, "u\xcc\xa8"}, {0x0174, "W\xcc\x82"}, {0x0175, "w\xcc\x82"},
    {0x0176, "Y\xcc\x82"}, {0x0177, "y\xcc\x82"}, {0x0178, "Y\xcc\x88"}, {0x0179, "Z\xcc\x81"},
    {0x017a, "z\xcc\x81"}, {0x017b, "Z\xcc\x87"}, {0x017c, "z\xcc\x87"}, {0x017d, "Z\xcc\x8c"},
    {0x017e, "z\xcc\x8c"}, {0x017f, "s"}, {0x01a0, "O\xcc\x9b"}, {0x01a1, "o\xcc\x9b"}, {0x01af, "U\xcc\x9b"},
    {0x01b0, "u\xcc\x9b"}, {0x01c4, "DZ\xcc\x8c"}, {0x01c5, "Dz\xcc\x8c"}, {0x01c6, "dz\xcc\x8c"},
    {0x01c7, "LJ"}, {0x01c8, "Lj"}, {0x01c9, "lj"}, {0x01ca, "NJ"}, {0x01cb, "Nj"}, {0x01cc, "nj"},
    {0x01cd, "A\xcc\x8c"}, {0x01ce, "a\xcc\x8c"}, {0x01cf, "I\xcc\x8c"}, {0x01d0, "i\xcc\x8c"},
    {0x01d1, "O\xcc\x8c"}, {0x01d2, "o\xcc\x8c"}, {0x01d3, "U\xcc\x8c"}, {0x01d4, "u\xcc\x8c"},
    {0x01d5, "U\xcc\x88\xcc\x84"}, {0x01d6, "u\xcc\x88\xcc\x84"}, {0x01d7, "U\xcc\x88\xcc\x81"},
    {0x01d8, "u\xcc\x88\xcc\x81"}, {0x01d9, "U\xcc\x88\xcc\x8c"}, {0x01da, "u\xcc\x88\xcc\x8c"},
    {0x01db, "U\xcc\x88\xcc\x80"}, {0x01dc, "u\xcc\x88\xcc\x80"}, {0x01de, "A\xcc\x88\xcc\x84"},
    {0x01df, "a\xcc\x88\xcc\x84"}, {0x01e0, "A\xcc\x87\xcc\x84"}, {0x01e1, "a\xcc\x87\xcc\x84"},
    {0x01e2, "\xc3\x86\xcc\x84"}, {0x01e3, "\xc3\xa6\xcc\x84"}, {0x01e6, "G\xcc\x8c"}, {0x01e7, "g\xcc\x8c"},
    {0x01e8, "K\xcc\x8c"}, {0x01e9, "k\xcc\x8c"}, {0x01ea, "O\xcc\xa8"}, {0x01eb, "o\xcc\xa8"},
    {0x01ec, "O\xcc\xa8\xcc\x84"}, {0x01ed, "o\xcc\xa8\xcc\x84"}, {0x01ee, "\xc6\xb7\xcc\x8c"},
    {0x01ef, "\xca\x92\xcc\x8c"}, {0x01f0, "j\xcc\x8c"}, {0x01f1, "DZ"}, {0x01f2, "Dz"}, {0x01f3, "dz"},
    {0x01f4, "G\xcc\x81"}, {0x01f5, "g\xcc\x81"}, {0x01f8, "N\xcc\x80"}, {0x01f9, "n\xcc\x80"},
    {0x01fa, "A\xcc\x8a\xcc\x81"}, {0x01fb, "a\xcc\x8a\xcc\x81"}, {0x01fc, "\xc3\x86\xcc\x81"},
    {0x01fd, "\xc3\xa6\xcc\x81"}, {0x01fe, "\xc3\x98\xcc\x81"}, {0x01ff, "\xc3\xb8\xcc\x81"},
    {0x0200, "A\xcc\x8f"}, {0x0201, "a\xcc\x8f"}, {0x0202, "A\xcc\x91"}, {0x0203, "a\xcc\x91"},
    {0x0204, "E\xcc\x8f"}, {0x0205, "e\xcc\x8f"}, {0x0206, "E\xcc\x91"}, {0x0207, "e\xcc\x91"},
    {0x0208, "I\xcc\x8f"}, {0x0209, "i\xcc\x8f"}, {0x020a, "I\xcc\x91"}, {0x020b, "i\xcc\x91"},
    {0x020c, "O\xcc\x8f"}, {0x020d, "o\xcc\x8f"}, {0x020e, "O\xcc\x91"}, {0x020f, "o\xcc\x91"},
    {0x0210, "R\xcc\x8f"}, {0x0211, "r\xcc\x8f"}, {0x0212, "R\xcc\x91"}, {0x0213, "r\xcc\x91"},
    {0x0214, "U\xcc\x8f"}, {0x0215, "u\xcc\x8f"}, {0x0216, "U\xcc\x91"}, {0x0217, "u\xcc\x91"},
    {0x0218, "S\xcc\xa6"}, {0x0219, "s\xcc\xa6"}, {0x021a, "T\xcc\xa6"}, {0x021b, "t\xcc\xa6"},
    {0x021e, "H\xcc\x8c"}, {0x021f, "h\xcc\x8c"}, {0x0226, "A\xcc\x87"}, {0x0227, "a\xcc\x87"},
    {0x0228, "E\xcc\xa7"}, {0x0229, "e\xcc\xa7"}, {0x022a, "O\xcc\x88\xcc\x84"},
    {0x022b, "o\xcc\x88\xcc\x84"}, {0x022c, "O\xcc\x83\xcc\x84"}, {0x022d, "o\xcc\x83\xcc\x84"},
    {0x022e, "O\xcc\x87"}, {0x022f, "o\xcc\x87"}, {0x0230, "O\xcc\x87\xcc\x84"},
    {0x0231, "o\xcc\x87\xcc\x84"}, {0x0232, "Y\xcc\x84"}, {0x0233, "y\xcc\x84"}, {0x1e00, "A\xcc\xa5"},
    {0x1e01, "a\xcc\xa5"}, {0x1e02, "B\xcc\x87"}, {0x1e03, "b\xcc\x87"}, {0x1e04, "B\xcc\xa3"},
    {0x1e05, "b\xcc\xa3"}, {0x1e06, "B\xcc\xb1"}, {0x1e07, "b\xcc\xb1"}, {0x1e08, "C\xcc\xa7\xcc\x81"},
    {0x1e09, "c\xcc\xa7\xcc\x81"}, {0x1e0a, "D\xcc\x87"}, {0x1e0b, "d\xcc\x87"}, {0x1e0c, "D\xcc\xa3"},
    {0x1e0d, "d\xcc\xa3"}, {0x1e0e, "D\xcc\xb1"}, {0x1e0f, "d\xcc\xb1"}, {0x1e10, "D\xcc\xa7"},
    {0x1e11, "d\xcc\xa7"}, {0x1e12, "D\xcc\xad"}, {0x1e13, "d\xcc\xad"}, {0x1e14, "E\xcc\x84\xcc\x80"},
    {0x1e15, "e\xcc\x84\xcc\x80"}, {0x1e16, "E\xcc\x84\xcc\x81"}, {0x1e17, "e\xcc\x84\xcc\x81"},
    {0x1e18, "E\xcc\xad"}, {0x1e19, "e\xcc\xad"}, {0x1e1a, "E\xcc\xb0"}, {0x1e1b, "e\xcc\xb0"},
    {0x1e1c, "E\xcc\xa7\xcc\x86"}, {0x1e1d, "e\xcc\xa7\xcc\x86"}, {0x1e1e, "F\xcc\x87"},
    {0x1e1f, "f\xcc\x87"}, {0x1e20, "G\xcc\x84"}, {0x1e21, "g\xcc\x84"}, {0x1e22, "H\xcc\x87"},
    {0x1e23, "h\xcc\x87"}, {0x1e24, "H\xcc\xa3"}, {0x1e25, "h\xcc\xa3"}, {0x1e26, "H\xcc\x88"},
    {0x1e27, "h\xcc\x88"}, {0x1e28, "H\xcc\xa7"}, {0x1e29, "h\xcc\xa7"}, {0x1e2a, "H\xcc\xae"},
    {0x1e2b, "h\xcc\xae"}, {0x1e2c, "I\xcc\xb0"}, {0x1e2d, "i\xcc\xb0"}, {0x1e2e, "I\xcc\x88\xcc\x81"},
    {0x1e2f, "i\xcc\x88\xcc\x81"}, {0x1e30, "K\xcc\x81"}, {0x1e31, "k\xcc\x81"}, {0x1e32, "K\xcc\xa3"},
    {0x1e33, "k\xcc\xa3"}, {0x1e34, "K\xcc\xb1"}, {0x1e35, "k\xcc\xb1"}, {0x1e36, "L\xcc\xa3"},
    {0x1e37, "l\xcc\xa3"}, {0x1e38, "L\xcc\xa3\xcc\x84"}, {0x1e39, "l\xcc\xa3\xcc\x84"},
    {0x1e3a, "L\xcc\xb1"}, {0x1e3b, "l\xcc\xb1"}, {0x1e3c, "L\xcc\xad"}, {0x1e3d, "l\xcc\xad"},
    {0x1e3e, "M\xcc\x81"}, {0x1e3f, "m\xcc\x81"}, {0x1e40, "M\xcc\x87"}, {0x1e41, "m\xcc\x87"},
    {0x1e42, "M\xcc\xa3"}, {0x1e43, "m\xcc\xa3"}, {0x1e44, "N\xcc\x87"}, {0x1e45, "n\xcc\x87"},
    {0x1e46, "N\xcc\xa3"}, {0x1e47, "n\xcc\xa3"}, {0x1e48, "N\xcc\xb1"}, {0x1e49, "n\xcc\xb1"},
    {0x1e4a, "N\xcc\xad"}, {0x1e4b, "n\xcc\xad"}, {0x1e4c, "O\xcc\x83\xcc\x81"},
    {0x1e4d, "o\xcc\x83\xcc\x81"}, {0x1e4e, "O\xcc\x83\xcc\x88"}, {0x1e4f, "o\xcc\x83\xcc\x88"},
    {0x1e50, "O\xcc\x84\xcc\x80"}, {0x1e51, "o\xcc\x84\xcc\x80"}, {0x1e52, "O\xcc\x84\xcc\x81"},
    {0x1e53, "o\xcc\x84\xcc\x81"}, {0x1e54, "P\xcc\x81"}, {0x1e55, "p\xcc\x81"}, {0x1e56, "P\xcc\x87"},
    {0x1e57, "p\xcc\x87"}, {0x1e58, "R\xcc\x87"}, {0x1e59, "r\xcc\x87"}, {0x1e5a, "R\xcc\xa3"},
    {0x1e5b, "r\xcc\xa3"}, {0x1e5c, "R\xcc\xa3\xcc\x84"}, {0x1e5d, "r\xcc\xa3\xcc\x84"},
    {0x1e5e, "R\xcc\xb1"}, {0x1e5f, "r\xcc\xb1"}, {0x1e60, "S\xcc\x87"}, {0x1e61, "s\xcc\x87"},
    {0x1e62, "S\xcc\xa3"}, {0x1e63, "s\xcc\xa3"}, {0x1e64, "S\xcc\x81\xcc\x87"},
    {0x1e65, "s\xcc\x81\xcc\x87"}, {0x1e66, "S\xcc\x8c\xcc\x87"}, {0x1e67, "s\xcc\x8c\xcc\x87"},
    {0x1e68, "S\xcc\xa3\xcc\x87"}, {0x1e69, "s\xcc\xa3\xcc\x87"}, {0x1e6a, "T\xcc\x87"},
    {0x1e6b, "t\xcc\x87"}, {0x1e6c, "T\xcc\xa3"}, {0x1e6d, "t\xcc\xa3"}, {0x1e6e, "T\xcc\xb1"},
    {0x1e6f, "t\xcc\xb1"}, {0x1e70, "T\xcc\xad"}, {0x1e71, "t\xcc\xad"}, {0x1e72, "U\xcc\xa4"},
    {0x1e73, "u\xcc\xa4"}, {0x1e74, "U\xcc\xb0"}, {0x1e75, "u\xcc\xb0"}, {0x1e76, "U\xcc\xad"},
    {0x1e77, "u\xcc\xad"}, {0x1e78, "U\xcc\x83\xcc\x81"}, {0x1e79, "u\xcc\x83\xcc\x81"},
    {0x1e7a, "U\xcc\x84\xcc\x88"}, {0x1e7b, "u\xcc\x84\xcc\x88"}, {0x1e7c, "V\xcc\x83"},
    {0x1e7d, "v\xcc\x83"}, {0x1e7e, "V\xcc\xa3"}, {0x1e7f, "v\xcc\xa3"}, {0x1e80, "W\xcc\x80"},
    {0x1e81, "w\xcc\x80"}, {0x1e82, "W\xcc\x81"}, {0x1e83, "w\xcc\x81"}, {0x1e84, "W\xcc\x88"},
    {0x1e85, "w\xcc\x88"}, {0x1e86, "W\xcc\x87"}, {0x1e87, "w\xcc\x87"}, {0x1e88, "W\xcc\xa3"},
    {0x1e89, "w\xcc\xa3"}, {0x1e8a, "X\xcc\x87"}, {0x1e8b, "x\xcc\x87"}, {0x1e8c, "X\xcc\x88"},
    {0x1e8d, "x\xcc\x88"}, {0x1e8e, "Y\xcc\x87"}, {0x1e8f, "y\xcc\x87"}, {0x1e90, "Z\xcc\x82"},
    {0x1e91, "z\xcc\x82"}, {0x1e92, "Z\xcc\xa3"}, {0x1e93, "z\xcc\xa3"}, {0x1e94, "Z\xcc\xb1"},
    {0x1e95, "z\xcc\xb1"}, {0x1e96, "h\xcc\xb1"}, {0x1e97, "t\xcc\x88"}, {0x1e98, "w\xcc\x8a"},
    {0x1e99, "y\xcc\x8a"}, {0x1e9a, "a\xca\xbe"}, {0x1e9b, "s\xcc\x87"}, {0x1ea0, "A\xcc\xa3"},
    {0x1ea1, "a\xcc\xa3"}, {0x1ea2, "A\xcc\x89"}, {0x1ea3, "a\xcc\x89"}, {0x1ea4, "A\xcc\x82\xcc\x81"},
    {0x1ea5, "a\xcc\x82\xcc\x81"}, {0x1ea6, "A\xcc\x82\xcc\x80"}, {0x1ea7, "a\xcc\x82\xcc\x80"},
    {0x1ea8, "A\xcc\x82\xcc\x89"}, {0x1ea9, "a\xcc\x82\xcc\x89"}, {0x1eaa, "A\xcc\x82\xcc\x83"},
    {0x1eab, "a\xcc\x82\xcc\x83"}, {0x1eac, "A\xcc\xa3\xcc\x82"}, {0x1ead, "a\xcc\xa3\xcc\x82"},
    {0x1eae, "A\xcc\x86\xcc\x81"}, {0x1eaf, "a\xcc\x86\xcc\x81"}, {0x1eb0, "A\xcc\x86\xcc\x80"},
    {0x1eb1, "a\xcc\x86\xcc\x80"}, {0x1eb2, "A\xcc\x86\xcc\x89"}, {0x1eb3, "a\xcc\x86\xcc\x89"},
    {0x1eb4, "A\xcc\x86\xcc\x83"}, {0x1eb5, "a\xcc\x86\xcc\x83"}, {0x1eb6, "A\xcc\xa3\xcc\x86"},
    {0x1eb7, "a\xcc\xa3\xcc\x86"}, {0x1eb8, "E\xcc\xa3"}, {0x1eb9, "e\xcc\xa3"}, {0x1eba, "E\xcc\x89"},
    {0x1ebb, "e\xcc\x89"}, {0x1ebc, "E\xcc\x83"}, {0x1ebd, "e\xcc\x83"}, {0x1ebe, "E\xcc\x82\xcc\x81"},
    {0x1ebf, "e\xcc\x82\xcc\x81"}, {0x1ec0, "E\xcc\x82\xcc\x80"}, {0x1ec1, "e\xcc\x82\xcc\x80"},
    {0x1ec2, "E\xcc\x82\xcc\x89"}, {0x1ec3, "e\xcc\x82\xcc\x89"}, {0x1ec4, "E\xcc\x82\xcc\x83"},
    {0x1ec5, "e\xcc\x82\xcc\x83"}, {0x1ec6, "E\xcc\xa3\xcc\x82"}, {0x1ec7, "e\xcc\xa3\xcc\x82"},
    {0x1ec8, "I\xcc\x89"}, {0x1ec9, "i\xcc\x89"}, {0x1eca, "I\xcc\xa3"}, {0x1ecb, "i\xcc\xa3"},
    {0x1ecc, "O\xcc\xa3"}, {0x1ecd, "o\xcc\xa3"}, {0x1ece, "O\xcc\x89"}, {0x1ecf, "o\xcc\x89"},
    {0x1ed0, "O\xcc\x82\xcc\x81"}, {0x1ed1, "o\xcc\x82\xcc\x81"}, {0x1ed2, "O\xcc\x82\xcc\x80"},
    {0x1ed3, "o\xcc\x82\xcc\x80"}, {0x1ed4, "O\xcc\x82\xcc\x89"}, {0x1ed5, "o\xcc\x82\xcc\x89"},
    {0x1ed6, "O\xcc\x82\xcc\x83"}, {0x1ed7, "o\xcc\x82\xcc\x83"}, {0x1ed8, "O\xcc\xa3\xcc\x82"},
    {0x1ed9, "o\xcc\xa3\xcc\x82"}, {0x1eda, "O\xcc\x9b\xcc\x81"}, {0x1edb, "o\xcc\x9b\xcc\x81"},
    {0x1edc, "O\xcc\x9b\xcc\x80"}, {0x1edd, "o\xcc\x9b\xcc\x80"}, {0x1ede, "O\xcc\x9b\xcc\x89"},
    {0x1edf, "o\xcc\x9b\xcc\x89"}, {0x1ee0, "O\xcc\x9b\xcc\x83"}, {0x1ee1, "o\xcc\x9b\xcc\x83"},
    {0x1ee2, "O\xcc\x9b\xcc\xa3"}, {0x1ee3, "o\xcc\x9b\xcc\xa3"}, {0x1ee4, "U\xcc\xa3"},
    {0x1ee5, "u\xcc\xa3"}, {0x1ee6, "U\xcc\x89"}, {0x1ee7, "u\xcc\x89"}, {0x1ee8, "U\xcc\x9b\xcc\x81"},
    {0x1ee9, "u\xcc\x9b\xcc\x81"}, {0x1eea, "U\xcc\x9b\xcc\x80"}, {0x1eeb, "u\xcc\x9b\xcc\x80"},
    {0x1eec, "U\xcc\x9b\xcc\x89"}, {0x1eed, "u\xcc\x9b\xcc\x89"}, {0x1eee, "U\xcc\x9b\xcc\x83"},
    {0x1eef, "u\xcc\x9b\xcc\x83"}, {0x1ef0, "U\xcc\x9b\xcc\xa3"}, {0x1ef1, "u\xcc\x9b\xcc\xa3"},
    {0x1ef2, "Y\xcc\x80"}, {0x1ef3, "y\xcc\x80"}, {0x1ef4, "Y\xcc\xa3"}, {0x1ef5, "y\xcc\xa3"},
    {0x1ef6, "Y\xcc\x89"}, {0x1ef7, "y\xcc\x89"}, {0x1ef8, "Y\xcc\x83"}, {0x1ef9, "y\xcc\x83"},
};
// clang-format on

/// Takes a code point of one to three bytes off the front of `text`; 0 for anything else.
unsigned take_code(std::string_view* text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>((*text)[i]); };
    const auto follows = [&](std::size_t i) { return i < text->size() && (byte(i) & 0xc0) == 0x80; };
    unsigned code = 0;
    std::size_t size = 1;
    if (byte(0) < 0x80) {
        code = byte(0);
    } else if ((byte(0) & 0xe0) == 0xc0 && follows(1)) {
        code = (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
        size = 2;
    } else if ((byte(0) & 0xf0) == 0xe0 && follows(1) && follows(2)) {
        code = (byte(0) & 0xfu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
        size = 3;
    }
    text->remove_prefix(size);
    return code;
}

bool is_covered(unsigned code) {
    return (code > 0 && code < 0x80) || (code >= 0xa0 && code < 0x250) || (code >= 0x1e00 && code < 0x1f00);
}

}  // namespace

bool to_nfkd(std::string_view text, std::string* out) {
    while (!text.empty()) {
        const std::string_view before = text;
        const unsigned code = take_code(&text);
        if (!is_covered(code)) return false;
        const auto* found =
            std::lower_bound(std::begin(decompositions), std::end(decompositions), code,
                             [](const Decomposition& each, unsigned wanted) { return each.code < wanted; });
        const bool changes = found != std::end(decompositions) && found->code == code;
        out->append(changes ? found->text : before.substr(0, before.size() - text.size()));
    }
    return true;
}

}  // namespace webhook::signature
