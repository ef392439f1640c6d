//! Token responses: the AT Protocol also returns the account's DID. <https://atproto.com/specs/oauth>

use serde::Deserialize;

use crate::TokenResponse;

pub(super) fn read(body: &[u8]) -> serde_json::Result<TokenResponse> {
    #[derive(Deserialize)]
    struct Subject {
        sub: Option<String>,
    }
    let Subject { sub } = serde_json::from_slice(body)?;
    Ok(TokenResponse { subject: sub, ..TokenResponse::read(body)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_did_is_read() {
        let body = br#"{"access_token":"a","token_type":"DPoP","scope":"atproto","sub":"did:plc:ann"}"#;
        assert_eq!(read(body).unwrap().subject.as_deref(), Some("did:plc:ann"));
        assert_eq!(read(br#"{"access_token":"a"}"#).unwrap().subject, None);
        assert!(read(br#"{"sub":"did:plc:ann"}"#).is_err());
    }
}
