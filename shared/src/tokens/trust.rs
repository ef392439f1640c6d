//! The issuer that a deployment trusts, and the names of the claims in its tokens.

use url::Url;

use crate::net::guard;

/// The configuration of the trusted issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The exact value of `iss`.
    pub(super) issuer: String,
    /// The issuer as a URL.
    pub(super) address: Url,
    /// The value that `aud` must contain.
    pub audience: String,
    /// The claim with the agency's id.
    pub agency_claim: String,
    /// The claim with `test` or `live`.
    pub mode_claim: String,
    /// The claim with the client that a token is bound to. A token without it is not bound.
    pub client_claim: Option<String>,
    /// The header `typ`, with or without the prefix `application/`.
    pub token_type: String,
    /// Whether tokens may have the scopes `keys.manage` and `keys.admin`. If not, they are ignored.
    pub may_manage_keys: bool,
}

impl Trust {
    pub const AGENCY_CLAIM: &str = "agency";
    pub const MODE_CLAIM: &str = "mode";
    /// RFC 9068 §2.1.
    pub const TOKEN_TYPE: &str = "at+jwt";

    /// The default configuration. `allow_loopback` accepts an issuer on this machine over plain HTTP, for `local` and tests.
    ///
    /// # Errors
    /// The issuer is not the https URL of a public host. The text says what it must be.
    pub fn new(issuer: &str, audience: &str, allow_loopback: bool) -> Result<Self, &'static str> {
        const FAULT: &str =
            "it must be the https URL of a public host, without port, query or fragment, written as in the tokens' iss";
        let address: Url = issuer.parse().map_err(|_| FAULT)?;
        let uri = issuer.parse().map_err(|_| FAULT)?;
        guard::syntax(&uri, allow_loopback).map_err(|_| FAULT)?;
        if address.query().is_some() || address.fragment().is_some() {
            return Err(FAULT);
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            address,
            audience: audience.to_owned(),
            agency_claim: Self::AGENCY_CLAIM.into(),
            mode_claim: Self::MODE_CLAIM.into(),
            client_claim: None,
            token_type: Self::TOKEN_TYPE.into(),
            may_manage_keys: false,
        })
    }

    /// Compares media types as RFC 9068 §4 asks: without `application/` and case-insensitively.
    pub(super) fn accepts_type(&self, typ: Option<&str>) -> bool {
        let short = |typ: &str| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").map_or_else(|| typ.clone(), ToOwned::to_owned)
        };
        typ.is_some_and(|typ| short(typ) == short(&self.token_type))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_plain_https_address_of_a_public_host() {
        for issuer in ["https://issuer.example.com", "https://issuer.example.com/", "https://a.example.com/tenant/1"] {
            assert_eq!(Trust::new(issuer, "us", false).unwrap().issuer, issuer);
        }
        for issuer in [
            "issuer.example.com",
            "http://issuer.example.com",
            "https://issuer.example.com:8443",
            "https://issuer.example.com?a=b",
            "https://issuer.example.com/#a",
            "https://a@issuer.example.com",
            "https://localhost",
            "https://10.0.0.1",
            "http://127.0.0.1:2590",
            "",
        ] {
            assert!(Trust::new(issuer, "us", false).is_err(), "{issuer}");
        }
        assert!(Trust::new("http://127.0.0.1:2590", "us", true).is_ok());
        assert!(Trust::new("http://issuer.example.com", "us", true).is_err());
    }

    #[test]
    fn types_are_compared_without_prefix_and_case() {
        let mut trust = Trust::new("https://issuer.example.com", "us", false).unwrap();
        for typ in ["at+jwt", "application/at+jwt", "AT+JWT", "Application/At+Jwt"] {
            assert!(trust.accepts_type(Some(typ)), "{typ}");
        }
        for typ in [None, Some("JWT"), Some("jwt"), Some("at+jwt "), Some("application/"), Some("")] {
            assert!(!trust.accepts_type(typ), "{typ:?}");
        }
        trust.token_type = "application/JWT".into();
        assert!(trust.accepts_type(Some("jwt")) && !trust.accepts_type(Some("at+jwt")));
    }
}
