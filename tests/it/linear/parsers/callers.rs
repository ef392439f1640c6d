//! Who calls, and what for.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use shared::{
    agency::{AgencyName, Color},
    api::page,
    client::ClientName,
    id::PostId,
    key::{ApiKey, Label},
    net::HttpClient,
    routes::Routes,
    secrets::LinkKeys,
    tenant::Tenant,
    testing::Ask,
    tokens::{Issuer, Trust},
};

use super::{Parser, servers::Says};

pub(super) const LIST: &[Parser] = &[
    Parser {
        name: "a color and names",
        own: &["#", "0b5fd9", "a", " ", "\u{301}", "\u{2067}", "\u{200d}", "\0"],
        valid: "#0b5fd9",
        parse: |text| {
            let _ = text.parse::<Color>();
            let _ = ClientName::parse(text);
            let _ = AgencyName::parse(text);
            let _ = Label::parse(text);
        },
    },
    Parser {
        name: "ids and keys",
        own: &["obh_live_", "obh_test_", "inv_", "post_", "cl_", "ag_", ".live", "0", "z", "A"],
        valid: "obh_live_0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        parse: |text| {
            let _ = text.parse::<PostId>();
            let _ = text.parse::<Tenant>();
            let _ = ApiKey::parse(text);
        },
    },
    Parser {
        name: "a query and a cursor",
        own: &["%41", "%", "+", "&", "=", "cursor", "WyJ", "[", "\""],
        valid: "WyJwb3N0cyIsImEiXQ",
        parse: |text| {
            let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let json = json!(["posts", text]).to_string();
            for cursor in
                [query.clone(), BASE64URL_NOPAD.encode(text.as_bytes()), BASE64URL_NOPAD.encode(json.as_bytes())]
            {
                // A URI has at most 65,534 bytes.
                let cursor = cursor.get(..cursor.len().min(60_000)).unwrap_or_default();
                let _ = page::asked(&Ask::get(&format!("/v1/posts?cursor={cursor}")).build(), "posts", &[]);
            }
        },
    },
    Parser {
        name: "a path",
        own: &["/", "v1", "posts", "..", "%2f", "%00", "{", "}", "//", "?"],
        valid: "/v1/posts/post_a/targets/acc_a/resolve",
        parse: |text| {
            thread_local!(static ROUTES: Routes = Routes::of_this_build());
            ROUTES.with(|routes| {
                let _ = routes.find("GET", &format!("/v1/posts/{text}"));
                let _ = routes.find("GET", text);
            });
        },
    },
    Parser {
        name: "a link's token and state",
        own: &["inv_", "0", "z", "A", "_", "-", "="],
        valid: "inv_0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        parse: |text| {
            let keys = LinkKeys::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
            let _ = keys.invite(text);
            let _ = keys.open_state(text);
            let _ = keys.open_state(&BASE64URL_NOPAD.encode(&[b"\x01", text.as_bytes()].concat()));
        },
    },
    Parser {
        name: "an access token",
        own: &["eyJhbGciOiJFZERTQSJ9", "e30", ".", "_", "-", "=", "{", "\""],
        valid: "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA",
        parse: |text| {
            let trust = Trust::new("https://issuer.example", "https://api.example", false).unwrap();
            let issuer = Issuer::new(trust, HttpClient::new(Says(String::new()), std::time::Duration::from_secs(1)));
            let part = |json: Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
            let header = part(json!({ "alg": "EdDSA", "typ": "at+jwt" }));
            let claims =
                json!({ "iss": "https://issuer.example", "aud": "https://api.example", "sub": text, "scope": text });
            let _ = issuer.read(text);
            let _ = issuer.read(&format!("{header}.{}.{text}", part(claims)));
        },
    },
];
