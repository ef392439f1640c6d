//! Token responses: TikTok also returns the lifetime of the refresh token.
//! <https://developers.tiktok.com/doc/oauth-user-access-token-management>

use serde::Deserialize;

use crate::TokenResponse;

pub(super) fn read(body: &[u8]) -> serde_json::Result<TokenResponse> {
    #[derive(Deserialize)]
    struct Lifetime {
        refresh_expires_in: Option<i64>,
    }
    let Lifetime { refresh_expires_in } = serde_json::from_slice(body)?;
    Ok(TokenResponse { refresh_expires_in, ..TokenResponse::read(body)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_of_the_refresh_token_is_read() {
        let body = br#"{"access_token":"a","expires_in":86400,"refresh_token":"r","refresh_expires_in":31536000}"#;
        let response = read(body).unwrap();
        assert_eq!((response.expires_in, response.refresh_expires_in), (Some(86_400), Some(31_536_000)));
        assert_eq!(read(br#"{"access_token":"a"}"#).unwrap().refresh_expires_in, None);
        assert!(read(br#"{"refresh_expires_in":1}"#).is_err());
    }
}
