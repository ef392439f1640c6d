//! Every parser of text from outside, behind the public function that leads to it.

use chrono::{DateTime, Utc};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use futures_util::future::BoxFuture;
use platforms::{
    Draft, PlatformId,
    media::{Facts, Format, is_web_address, movie},
};
use serde_json::{Map, Value, json};
use shared::{
    agency::{AgencyName, Color, LogoFile, ReturnUrl},
    api::page,
    client::ClientName,
    composition::Composition,
    id::PostId,
    key::ApiKey,
    net::{HttpClient, Reach, Request, Response, SendError, Transport},
    oauth::discovery,
    routes::Routes,
    secrets::LinkKeys,
    site::{AtNetwork, PLC, RESOLVER},
    tenant::Tenant,
    testing::Ask,
    tokens::{Issuer, Trust},
};

/// Its name, and a function that reads a text with it.
type Parser = (&'static str, fn(&str));

pub(super) const PARSERS: &[Parser] = &[
    ("X's weight", |text| check(PlatformId::X, text)),
    ("Bluesky's length", |text| check(PlatformId::Bluesky, text)),
    ("Bluesky's facets", |text| {
        let draft = Draft { content: text, media: &[], identity: [0; 32], now: DateTime::<Utc>::UNIX_EPOCH };
        let _ = platforms::adapter(PlatformId::Bluesky).plan(&draft);
    }),
    ("Instagram's caption", |text| check(PlatformId::Instagram, text)),
    ("TikTok's text", |text| check(PlatformId::TikTok, text)),
    ("an account's profile", |text| {
        for platform in PlatformId::ALL {
            let body = json!({ "user_id": "1", "username": text, "data": { "id": text, "user": { "open_id": text } } });
            for body in [text.to_owned(), body.to_string()] {
                let answer = http::Response::new(body.into());
                let _ = platforms::adapter(platform).identity(&answer);
            }
        }
    }),
    ("a token response", |text| {
        for platform in PlatformId::ALL {
            let body = json!({ "access_token": text, "scope": text, "error": text }).to_string();
            let _ = platforms::adapter(platform).token_response(body.as_bytes());
            let _ = platforms::adapter(platform).token_error(text.as_bytes());
        }
    }),
    ("a movie's boxes", |text| {
        let _ = movie(text.as_bytes());
        let _ = movie(&[&[0, 1, 0, 0], b"moov".as_slice(), text.as_bytes()].concat());
    }),
    ("a picture's head", |text| {
        let magics: [&[u8]; 4] =
            [b"\xFF\xD8\xFF\xE0\0\x02", b"\x89PNG\r\n\x1A\n", b"GIF89a", b"RIFF\x10\0\0\0WEBPVP8X"];
        for magic in magics {
            let _ = Facts::of_head(&[magic, text.as_bytes()].concat(), None);
        }
    }),
    ("a content type", |text| {
        let _ = Format::of_content_type(text);
    }),
    ("a medium's address", |text| {
        let _ = is_web_address(&format!("https://{text}"));
        let _ = is_web_address(&format!("https://a.example/{text}"));
    }),
    ("a return URL", |text| drop(ReturnUrl::parse(&format!("https://{text}")))),
    ("a logo", |text| {
        let _ = LogoFile::parse(&format!("data:image/png;base64,{text}"));
        let bytes = [b"\xff\xd8\xff\xe0\0\x02".as_slice(), text.as_bytes(), b"\xff\xd9"].concat();
        let _ = LogoFile::parse(&format!("data:image/jpeg;base64,{}", BASE64.encode(&bytes)));
    }),
    ("a color and names", |text| {
        let _ = text.parse::<Color>();
        let _ = ClientName::parse(text);
        let _ = AgencyName::parse(text);
    }),
    ("ids and keys", |text| {
        let _ = text.parse::<PostId>();
        let _ = text.parse::<Tenant>();
        let _ = ApiKey::parse(text);
    }),
    ("the values of a body", |text| {
        let schedules = [
            json!({ "type": text }),
            json!({ "type": "at", "scheduledAt": text }),
            json!({ "type": "at", "localTime": text, "timeZone": text }),
        ];
        for schedule in schedules {
            let media = [json!({ "url": text, "altText": text })];
            let targets = json!({ "mode": text, "accountIds": [text] });
            let body = json!({
                "clientId": text, "content": text, "media": media, "targets": targets, "schedule": schedule, "publishBefore": text,
            });
            let _ = Composition::read(body);
        }
    }),
    ("JSON", |text| drop(serde_json::from_str::<Value>(text))),
    ("a query and a cursor", |text| {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let json = json!(["posts", text]).to_string();
        for cursor in [query.clone(), BASE64URL_NOPAD.encode(text.as_bytes()), BASE64URL_NOPAD.encode(json.as_bytes())]
        {
            // A URI has at most 65,534 bytes.
            let cursor = cursor.get(..cursor.len().min(60_000)).unwrap_or_default();
            let _ = page::asked(&Ask::get(&format!("/v1/posts?cursor={cursor}")).build(), "posts", &[]);
        }
    }),
    ("a path", |text| {
        thread_local!(static ROUTES: Routes = Routes::of_this_build());
        ROUTES.with(|routes| {
            let _ = routes.find("GET", &format!("/v1/posts/{text}"));
            let _ = routes.find("GET", text);
        });
    }),
    ("a link's token and state", |text| {
        let keys = LinkKeys::parse(&format!(r#"{{"1":"{}"}}"#, "s".repeat(32))).unwrap();
        let _ = keys.invite(text);
        let _ = keys.open_state(text);
        let _ = keys.open_state(&BASE64URL_NOPAD.encode(&[b"\x01", text.as_bytes()].concat()));
    }),
    ("an access token", |text| {
        let trust = Trust::new("https://issuer.example", "https://api.example", false).unwrap();
        let issuer = Issuer::new(trust, HttpClient::new(Unreachable, std::time::Duration::from_secs(1)));
        let part = |json: Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let header = part(json!({ "alg": "EdDSA", "typ": "at+jwt" }));
        let claims =
            json!({ "iss": "https://issuer.example", "aud": "https://api.example", "sub": text, "scope": text });
        let _ = issuer.read(text);
        let _ = issuer.read(&format!("{header}.{}.{text}", part(claims)));
    }),
    ("a handle and a DID", |text| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let http = HttpClient::new(Unreachable, std::time::Duration::from_secs(1));
        let network = AtNetwork { resolver: RESOLVER.parse().unwrap(), plc: PLC.parse().unwrap(), keys: None };
        for named in [text.to_owned(), format!("did:web:{text}"), format!("did:plc:{text}")] {
            let _ = runtime.block_on(discovery::find(&http, &network, &named));
        }
    }),
];

/// Reads a body with as many fields as `text` has bytes. Their names are what matters, not the text.
pub(super) fn read_fields(text: &str) {
    let members =
        |value: Value| -> Map<String, Value> { (0..text.len()).map(|n| (n.to_string(), value.clone())).collect() };
    let _ = Composition::read(json!({ "overrides": members(json!(1)), "platformOptions": members(json!(1)) }));
    let _ = Composition::read(Value::Object(members(json!(1))));
}

fn check(platform: PlatformId, text: &str) {
    let _ = platforms::adapter(platform).check_text(text, &[]);
}

/// Reaches nothing.
struct Unreachable;

impl Transport for Unreachable {
    fn send(&self, _: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async { Err(SendError::NotSent("unreachable".into())) })
    }
}
