//! Where a customer is sent after connecting all accounts.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::id::InviteId;

/// An absolute https URL without user info and fragment, normalized by the URL parser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnUrl(Url);

impl JsonSchema for ReturnUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReturnUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "maxLength": Self::MAX, "pattern": r"^[Hh][Tt][Tt][Pp][Ss]://[^\s\\/?#@]+([/?][^\s\\#]*)?$",
            "description": "An absolute https URL without user info and fragment.",
            "examples": ["https://app.example.com/connected"],
        })
    }
}

impl ReturnUrl {
    /// In characters.
    pub const MAX: usize = 2_048;

    /// # Errors
    /// The broken rule, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > Self::MAX {
            return Err("must have at most 2048 characters");
        }
        // The URL parser removes or replaces these silently, so the stored URL would differ from the one sent.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err("must not contain spaces, control characters or backslashes");
        }
        let absolute = text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        let url = Url::parse(text).ok().filter(|url| absolute && url.scheme() == "https" && url.has_host());
        let url = url.ok_or("must be an absolute https URL, as in https://app.example.com/connected")?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or password");
        }
        if url.fragment().is_some() {
            return Err("must not contain a fragment (#…)");
        }
        Ok(Self(url))
    }

    /// Whether scheme, host and port are equal.
    #[must_use]
    pub fn has_origin_of(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// The URL for a customer who has connected everything that `invite` asks for. Its own query is kept.
    #[must_use]
    pub fn connected(&self, invite: InviteId) -> Url {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair("inviteId", &invite.to_string()).append_pair("status", "connected");
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_url_is_absolute_https_without_user_info_and_fragment() {
        for good in ["https://app.example.com/", "https://app.example.com:8443/a/b?c=d&e=%20", "https://127.0.0.1/"] {
            assert_eq!(serde_json::to_value(ReturnUrl::parse(good).unwrap()).unwrap(), good);
        }
        let written = |text| serde_json::to_value(ReturnUrl::parse(text).unwrap()).unwrap();
        assert_eq!(written("HTTPS://App.Example.com:443"), "https://app.example.com/");
        for bad in [
            "",
            "app.example.com",
            "/connected",
            "//app.example.com/",
            "http://app.example.com/",
            "https:",
            "https://",
            "https:app.example.com",
            "https:/app.example.com",
            "https:\\\\app.example.com",
            "https://app.example.com\\@evil.example/",
            "https://user@app.example.com/",
            "https://user:pass@app.example.com/",
            "https://:pass@app.example.com/",
            "https://app.example.com/#",
            "https://app.example.com/#a",
            " https://app.example.com/",
            "https://app.exam\nple.com/",
            "https://app.example.com/a b",
            "javascript:alert(1)",
            "data:text/html,a",
            "https://[::1",
            "https://a:99999/",
        ] {
            assert!(ReturnUrl::parse(bad).is_err(), "{bad:?}");
        }
        let long = |length: usize| format!("https://app.example.com/{}", "a".repeat(length - 24));
        assert!(ReturnUrl::parse(&long(2_048)).is_ok() && ReturnUrl::parse(&long(2_049)).is_err());
    }

    #[test]
    fn origins_are_scheme_host_and_port() {
        let url = |text| ReturnUrl::parse(text).unwrap();
        let listed = url("https://app.example.com/any?where=1");
        assert!(listed.has_origin_of(&url("https://APP.example.com:443/else")));
        for other in ["https://app.example.com:8443/", "https://example.com/", "https://app.example.com.evil.example/"]
        {
            assert!(!listed.has_origin_of(&url(other)), "{other}");
        }
    }

    #[test]
    fn parameters_are_appended_to_the_urls_own_query() {
        let invite = InviteId::random();
        for (own, told) in [
            ("https://a.example/", "https://a.example/?"),
            ("https://a.example/done?", "https://a.example/done?"),
            ("https://a.example/done?x=%2B+1&y", "https://a.example/done?x=%2B+1&y&"),
        ] {
            let url = ReturnUrl::parse(own).unwrap().connected(invite);
            assert_eq!(url.as_str(), format!("{told}inviteId={invite}&status=connected"));
        }
    }
}
