//! TikTok through its API: an app that connects accounts and posts.

mod consent;
mod draft;
mod film;
mod init;
mod late;
mod misbehaviour;
mod pages;
mod photo;
mod status;
mod token;
mod upload;
mod user;

use bytes::Bytes;
use http::{Request, header};
use serde_json::{Value, json};

use super::{
    Received, World,
    world::{ORIGIN, encode},
};

const API: &str = "/open.tiktokapis.com/v2";
const AUTHORIZE: &str = "/www.tiktok.com/v2/auth/authorize/";
const REDIRECT: &str = "https://elsewhere.example/";
const SCOPES: &str = "user.info.basic,user.info.profile,video.publish";
const VIDEO: &str = "post/publish/video/init";
const PHOTOS: &str = "post/publish/content/init";
const STATUS: &str = "post/publish/status/fetch";
const CREATOR: &str = "post/publish/creator_info/query";
/// The smallest chunk of a file in several chunks.
const CHUNK: usize = 5 * 1024 * 1024;

struct TikTokClient {
    world: World,
}

/// A started upload.
struct StartedUpload {
    publish_id: String,
    upload_url: String,
}

impl TikTokClient {
    async fn new() -> Self {
        Self { world: World::new().await }
    }

    /// Posts a valid consent form with these additional fields.
    async fn decide(&self, fields: &[(&str, &str)]) -> Received {
        self.decide_for("app", fields).await
    }

    async fn decide_for(&self, client_key: &str, fields: &[(&str, &str)]) -> Received {
        let mut form = asking(SCOPES);
        form.retain(|(name, _)| *name != "client_key");
        form.push(("client_key", client_key));
        form.extend(fields);
        self.world.consent(AUTHORIZE, &form).await
    }

    async fn code(&self, username: &str) -> String {
        self.decide(&[("account", username)]).await.sent_back("code").unwrap()
    }

    /// A form for an OAuth endpoint, authenticated as the app.
    async fn oauth(&self, endpoint: &str, fields: &[(&str, &str)]) -> Received {
        let mut form = vec![("client_key", "app"), ("client_secret", "secret-of-app")];
        form.extend(fields);
        self.form(endpoint, &form).await
    }

    async fn form(&self, endpoint: &str, fields: &[(&str, &str)]) -> Received {
        self.world.submit(&format!("{API}/oauth/{endpoint}/"), None, fields).await.unwrap()
    }

    async fn redeem(&self, code: &str) -> Received {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT)];
        self.oauth("token", &fields).await
    }

    async fn refresh(&self, tokens: &Value) -> Value {
        let token = tokens["refresh_token"].as_str().unwrap();
        self.oauth("token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await.json()
    }

    async fn tokens(&self, username: &str) -> Value {
        let code = self.code(username).await;
        self.redeem(&code).await.json()
    }

    /// The tokens of another app for the account.
    async fn tokens_of_other(&self, username: &str) -> Value {
        let code = self.decide_for("other", &[("account", username)]).await.sent_back("code").unwrap();
        let fields = [
            ("client_key", "other"),
            ("client_secret", "secret-of-other"),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
        ];
        self.form("token", &fields).await.json()
    }

    /// A new access token.
    async fn connect(&self, username: &str) -> String {
        access(&self.tokens(username).await).to_owned()
    }

    /// A new access token with this scope beside the usual ones.
    async fn connect_with(&self, username: &str, scope: &str) -> String {
        let scopes = format!("{SCOPES},{scope}");
        let mut form = asking(&scopes);
        form.push(("account", username));
        let code = self.world.consent(AUTHORIZE, &form).await.sent_back("code").unwrap();
        access(&self.redeem(&code).await.json()).to_owned()
    }

    /// Calls the API; `None` if the answer is lost.
    async fn call(&self, access: &str, endpoint: &str, body: &Value) -> Option<Received> {
        self.world.call(access, &format!("{API}/{endpoint}/"), body).await
    }

    /// The status and the code of an answer.
    async fn outcome(&self, access: &str, endpoint: &str, body: &Value) -> (u16, String) {
        let reply = self.call(access, endpoint, body).await.unwrap();
        (reply.status.as_u16(), code_of(&reply))
    }

    /// Starts a valid upload in chunks of the smallest size.
    async fn begin(&self, access: &str, title: &str, bytes: usize) -> StartedUpload {
        self.begin_with(access, &upload(title, bytes)).await
    }

    async fn begin_with(&self, access: &str, body: &Value) -> StartedUpload {
        let reply = self.call(access, VIDEO, body).await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        let data = &reply.json()["data"];
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        StartedUpload { publish_id: text("publish_id"), upload_url: text("upload_url") }
    }

    /// Sends one chunk of a file.
    async fn put(&self, begun: &StartedUpload, file: &[u8], first: usize, end: usize) -> Option<Received> {
        let range = format!("bytes {first}-{}/{}", end - 1, file.len());
        self.world.ask(chunk(&begun.upload_url, &range, &file[first..end])).await
    }

    /// Publishes a small video and returns the answer to the last chunk.
    async fn publish(&self, access: &str, title: &str) -> (String, Option<Received>) {
        let file = file(1000);
        let begun = self.begin(access, title, file.len()).await;
        let reply = self.put(&begun, &file, 0, file.len()).await;
        (begun.publish_id, reply)
    }

    /// The data of a status request.
    async fn status(&self, access: &str, publish_id: &str) -> Value {
        let reply = self.call(access, STATUS, &json!({ "publish_id": publish_id })).await.unwrap();
        assert_eq!((reply.status.as_u16(), code_of(&reply).as_str()), (200, "ok"), "{}", reply.body);
        reply.json()["data"].clone()
    }

    async fn feed(&self, username: &str) -> Vec<Value> {
        self.world.posts("tiktok", username).await
    }
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

fn code_of(reply: &Received) -> String {
    reply.json()["error"]["code"].as_str().unwrap().to_owned()
}

/// A valid authorization request.
fn asking(scopes: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_key", "app"),
        ("scope", scopes),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("state", "st&te"),
    ]
}

/// A valid request for an upload.
fn upload(title: &str, bytes: usize) -> Value {
    let chunk = if bytes <= CHUNK { bytes } else { CHUNK };
    json!({
        "post_info": { "title": title, "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": false },
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": bytes,
            "chunk_size": chunk,
            "total_chunk_count": bytes / chunk,
        },
    })
}

/// A valid request for a video that TikTok fetches.
fn pull(url: &str) -> Value {
    let mut body = upload("hello", 1000);
    body["source_info"] = json!({ "source": "PULL_FROM_URL", "video_url": url });
    body
}

/// A valid request for a post with photos.
fn photos(title: &str, urls: &[&str]) -> Value {
    json!({
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": { "title": title, "description": "", "privacy_level": "PUBLIC_TO_EVERYONE" },
        "source_info": { "source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": urls },
    })
}

/// A file with the first bytes of an MP4.
fn file(bytes: usize) -> Vec<u8> {
    let mut file = b"\0\0\0\x18ftypisom".to_vec();
    file.resize(bytes, 7);
    file
}

fn chunk(upload_url: &str, range: &str, bytes: &[u8]) -> Request<Bytes> {
    Request::put(upload_url.strip_prefix(ORIGIN).unwrap())
        .header(header::CONTENT_TYPE, "video/mp4")
        .header(header::CONTENT_LENGTH, bytes.len())
        .header(header::CONTENT_RANGE, range)
        .body(Bytes::copy_from_slice(bytes))
        .unwrap()
}
