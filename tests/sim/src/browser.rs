//! A customer's browser at the connect pages: it presses a platform's button, consents at the sandbox, and follows the way back.

use bytes::Bytes;
use platforms::PlatformId;
use shared::testing::{Ask, TestResponse};
use url::Url;

use crate::{
    network::{Network, SANDBOX},
    world::URL,
};

/// The request that presses the button of a platform on a connect page.
pub(crate) fn press(link: &str, platform: PlatformId, handle: &str) -> Ask {
    let prompt = platforms::spec(platform).prompt.as_ref();
    Ask::new(http::Method::POST, &format!("{link}/{platform}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", "__Host-obh-page=1")
        .body(prompt.map(|prompt| format!("{}={handle}", prompt.field)).unwrap_or_default())
}

/// Consents at the page that the answer to [`press`] leads to; the request to come back with.
pub(crate) async fn consent(network: &Network, pressed: &TestResponse, account: &str) -> Option<Ask> {
    let out = pressed.text.split("id=\"continue\" href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&");
    let mut page: Url = out.parse().ok()?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(page.query_pairs())
        .append_pair("account", account)
        .finish();
    page.set_query(None);
    let request = http::Request::post(page.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("origin", SANDBOX)
        .body(Bytes::from(form))
        .ok()?;
    let answer = network.sandbox(request).await?;
    let back = answer.headers().get("location")?.to_str().ok()?;
    let back = back.strip_prefix(URL)?.split('#').next()?;
    let cookies: Vec<&str> =
        pressed.headers.get_all("set-cookie").iter().filter_map(|it| it.to_str().ok()?.split(';').next()).collect();
    Some(Ask::get(back).header("cookie", &cookies.join("; ")))
}
