//! Files that an agency names or sends. A text stands for the bytes of its characters, of which only the lowest eight bits count.

use data_encoding::BASE64;
use platforms::media::{Facts, Film, Format, is_web_address};
use shared::agency::{LogoFile, ReturnUrl};

use super::Parser;

pub(super) const LIST: &[Parser] = &[
    Parser {
        name: "a content type",
        own: &["image/", "jpeg", "video/mp4", ";", " ", "charset=", "\"", "/"],
        valid: "image/jpeg; charset=\"a\"",
        parse: |text| {
            let _ = Format::of_content_type(text);
        },
    },
    Parser {
        name: "a medium's address",
        own: &["a.example", "/", "?", "#", "@", ":", "443", "[", "]", "::1", "%", "%41", "xn--", "\\", "..", "é"],
        valid: "a.example/b/../c?d=%41#e",
        parse: |text| {
            let _ = is_web_address(&format!("https://{text}"));
            let _ = is_web_address(&format!("https://a.example/{text}"));
        },
    },
    Parser {
        name: "a return URL",
        own: &["a.example", "/", "?", "#", "@", ":", "443", "[", "]", "%41", "xn--", "é"],
        valid: "app.example.com/done",
        parse: |text| drop(ReturnUrl::parse(&format!("https://{text}"))),
    },
    Parser {
        name: "a movie's boxes",
        own: &[
            "\0\0\0\u{8}",
            "\0\0\0\0",
            "\0\0\0\u{1}",
            "\u{ff}\u{ff}\u{ff}\u{ff}",
            "ftyp",
            "moov",
            "mvhd",
            "trak",
            "tkhd",
            "mvex",
            "mehd",
            "sidx",
            "moof",
            "mdat",
            "free",
            "\u{1}",
        ],
        valid: "\0\0\0\u{10}ftypisom\0\0\0\0\0\0\0\u{24}moov\0\0\0\u{1c}mvhd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u{3}\u{e8}\0\0\u{13}\u{88}",
        parse: |text| {
            for start in [&b""[..], b"\0\x01\0\0moov", b"\0\x01\0\0sidx"] {
                let file = [start, &bytes(text)].concat();
                Film::new(file.len() as u64).read(&file);
            }
        },
    },
    Parser {
        name: "a picture's head",
        own: &[
            "\u{ff}",
            "\u{d8}",
            "\u{e0}",
            "\u{c0}",
            "\u{da}",
            "\0\u{2}",
            "\0\0",
            "IHDR",
            "VP8 ",
            "VP8L",
            "VP8X",
            "\u{2c}",
            "\u{21}\u{f9}",
        ],
        valid: "\0\u{10}JFIF\0\u{1}\u{1}\0\0\u{1}\0\u{1}\0\0\u{ff}\u{c0}\0\u{11}\u{8}\u{5}F\u{4}8\u{3}\u{1}\u{22}\0\u{2}\u{11}",
        parse: |text| {
            let magics: [&[u8]; 9] = [
                b"",
                b"\xFF\xD8\xFF\xE0",
                b"\xFF\xD8\xFF\xE0\0\x02",
                b"\x89PNG\r\n\x1A\n",
                b"GIF89a",
                b"RIFF\x10\0\0\0WEBPVP8X",
                b"RIFF\x10\0\0\0WEBPVP8L",
                b"RIFF\x10\0\0\0WEBPVP8 ",
                b"\0\0\0\x18ftypisom",
            ];
            for magic in magics {
                let _ = Facts::of_head(&[magic, &bytes(text)].concat(), None);
            }
        },
    },
    Parser {
        name: "a logo",
        own: &[
            "\u{ff}\u{d8}\u{ff}",
            "\u{89}PNG\r\n\u{1a}\n\0\0\0\rIHDR",
            "RIFF",
            "WEBPVP8",
            "\0\0",
            "\u{ff}\u{d9}",
            "data:image/png;base64,",
            "=",
            "AAAA",
        ],
        valid: "data:image/png;base64,iVBORw0KGgo=",
        parse: |text| {
            let _ = LogoFile::parse(text);
            let _ = LogoFile::parse(&format!("data:image/png;base64,{text}"));
            let files: [(&str, &[u8], &[u8]); 3] = [
                ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0\0\0\0IEND\xae\x42\x60\x82"),
                ("jpeg", b"\xff\xd8\xff\xe0\0\x02", b"\xff\xd9"),
                ("webp", b"RIFF\x10\0\0\0WEBPVP8X", b""),
            ];
            for (name, start, end) in files {
                let file = [start, &bytes(text), end].concat();
                let _ = LogoFile::parse(&format!("data:image/{name};base64,{}", BASE64.encode(&file)));
            }
        },
    },
];

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|char| (u32::from(char) & 0xff) as u8).collect()
}
