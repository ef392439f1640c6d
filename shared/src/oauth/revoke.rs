//! Revokes a grant at its platform (RFC 7009), if the platform supports it.

use chrono::{DateTime, Duration, Utc};

use super::{
    Error, Tokens,
    client::AtClient,
    discovery,
    endpoint::{Authentication, Form},
    refresh,
};
use crate::{
    net::{HttpClient, Reach},
    secret::Secret,
    site::Site,
};
use platforms::spec::{ABOUT_TO_END, Ends, Revocation};

/// Revokes a grant that is not used any more. Returns `false` if the platform has no such call.
///
/// # Errors
/// Any [`Error`]. The grant may then stay valid at the platform until it expires.
pub async fn revoke(http: &HttpClient, site: &Site, tokens: &Tokens, now: DateTime<Utc>) -> Result<bool, Error> {
    let field = |token: &Secret| ("token", token.expose().to_owned());
    let lasting = tokens.refresh.as_ref().unwrap_or(&tokens.access);
    match (platforms::spec(site.platform).revocation, &tokens.bound) {
        (Revocation::Token { url, ends }, _) => {
            let margin = Duration::from_std(ABOUT_TO_END).unwrap_or_default();
            let token = match ends {
                // An expired access token cannot revoke the grant, so it is refreshed first.
                Ends::AccessToken if tokens.ends_by(now, margin) => {
                    field(&refresh(http, site, tokens, now).await?.access)
                }
                Ends::AccessToken => field(&tokens.access),
                Ends::RefreshToken => field(lasting),
            };
            Form::of_app(site, &site.endpoints.url(url), vec![token])?.tell(http, now).await?;
        }
        (Revocation::Discovered, Some(bound)) => {
            let client = AtClient::known(site, tokens.app.clone(), bound.client_key)?;
            let server = discovery::server(http, &bound.issuer).await?;
            let Some(url) = &server.revoke else { return Ok(false) };
            let authentication = Authentication::Client { client: &client, issuer: &server.issuer };
            let (reach, fields, key) = (Reach::Named, vec![field(lasting)], bound.key());
            let form = Form { url, reach, fields, authentication, dpop: Some(&key) };
            form.tell(http, now).await?;
        }
        (Revocation::Discovered, None) | (Revocation::None, _) => return Ok(false),
    }
    Ok(true)
}
