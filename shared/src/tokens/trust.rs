//! Whom a deployment trusts for access tokens, and what their claims are called.

use url::Url;

use crate::net::guard;

/// An issuer, as a deployment is configured to trust it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// As `iss` has it, to the letter.
    pub(super) issuer: String,
    /// The same as an address.
    pub(super) address: Url,
    /// What `aud` has to name.
    pub audience: String,
    /// The claim that names the agency's id.
    pub agency_claim: String,
    /// The claim that says `test` or `live`.
    pub mode_claim: String,
    /// The claim that binds a token to one client, where it is there.
    pub client_claim: Option<String>,
    /// The header `typ`, with or without `application/` in front.
    pub token_type: String,
    /// Whether the scope `keys.manage` of a token counts.
    pub may_manage_keys: bool,
}

impl Trust {
    pub const AGENCY_CLAIM: &str = "agency";
    pub const MODE_CLAIM: &str = "mode";
    /// RFC 9068 §2.1.
    pub const TOKEN_TYPE: &str = "at+jwt";

    /// With claims called as they are unless somebody says otherwise. `allow_loopback` takes an issuer on this machine,
    /// over plain HTTP: for `local` and tests alone.
    ///
    /// # Errors
    /// The sentence that says what the issuer has to be.
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

    /// RFC 9068 §4: the media type, in its short or its long form; media types know no capitals.
    pub(super) fn takes_type(&self, kind: Option<&str>) -> bool {
        let short = |kind: &str| {
            let kind = kind.to_ascii_lowercase();
            kind.strip_prefix("application/").map_or_else(|| kind.clone(), ToOwned::to_owned)
        };
        kind.is_some_and(|kind| short(kind) == short(&self.token_type))
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
    fn a_type_is_the_same_in_its_long_form_and_in_capitals() {
        let mut trust = Trust::new("https://issuer.example.com", "us", false).unwrap();
        for kind in ["at+jwt", "application/at+jwt", "AT+JWT", "Application/At+Jwt"] {
            assert!(trust.takes_type(Some(kind)), "{kind}");
        }
        for kind in [None, Some("JWT"), Some("jwt"), Some("at+jwt "), Some("application/"), Some("")] {
            assert!(!trust.takes_type(kind), "{kind:?}");
        }
        trust.token_type = "application/JWT".into();
        assert!(trust.takes_type(Some("jwt")) && !trust.takes_type(Some("at+jwt")));
    }
}
