//! `OAUTH_…`: the issuer of access tokens that a deployment trusts.

use super::Error;
use crate::tokens::Trust;

/// `None` without an issuer: access tokens are then refused.
pub(super) fn trust(var: impl Fn(&str) -> Option<String>) -> Result<Option<Trust>, Error> {
    const ISSUER: &str = "OAUTH_ISSUER";
    const AUDIENCE: &str = "OAUTH_AUDIENCE";
    const MAY_MANAGE_KEYS: &str = "OAUTH_MAY_MANAGE_KEYS";
    let Some(issuer) = var(ISSUER) else { return Ok(None) };
    let audience = var(AUDIENCE).ok_or(Error::Invalid(AUDIENCE, "it must be set where OAUTH_ISSUER is"))?;
    let mut trust = Trust::new(&issuer, &audience, false).map_err(|fault| Error::Invalid(ISSUER, fault))?;
    trust.client_claim = var("OAUTH_CLIENT_CLAIM");
    for (name, field) in [
        ("OAUTH_AGENCY_CLAIM", &mut trust.agency_claim),
        ("OAUTH_MODE_CLAIM", &mut trust.mode_claim),
        ("OAUTH_TOKEN_TYPE", &mut trust.token_type),
    ] {
        if let Some(value) = var(name) {
            *field = value;
        }
    }
    trust.may_manage_keys = match var(MAY_MANAGE_KEYS).as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Error::Invalid(MAY_MANAGE_KEYS, "it must be true or false")),
    };
    Ok(Some(trust))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: (&str, &str) = ("OAUTH_ISSUER", "https://issuer.example.com");
    const AUDIENCE: (&str, &str) = ("OAUTH_AUDIENCE", "https://api.example.com");

    fn read(variables: &[(&str, &str)]) -> Result<Option<Trust>, String> {
        let var = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        trust(var).map_err(|error| error.to_string())
    }

    #[test]
    fn issuer_and_audience_are_sufficient() {
        assert_eq!(read(&[]), Ok(None));
        let trust = read(&[ISSUER, AUDIENCE]).unwrap().unwrap();
        assert_eq!(trust, Trust::new(ISSUER.1, AUDIENCE.1, false).unwrap());
        assert_eq!((trust.agency_claim.as_str(), trust.mode_claim.as_str()), ("agency", "mode"));
        assert_eq!((trust.client_claim, trust.token_type.as_str(), trust.may_manage_keys), (None, "at+jwt", false));
    }

    #[test]
    fn each_variable_is_read() {
        let trust = read(&[
            ISSUER,
            AUDIENCE,
            ("OAUTH_AGENCY_CLAIM", "https://example.com/agency"),
            ("OAUTH_MODE_CLAIM", "env"),
            ("OAUTH_CLIENT_CLAIM", "client"),
            ("OAUTH_TOKEN_TYPE", "JWT"),
            ("OAUTH_MAY_MANAGE_KEYS", "true"),
        ]);
        let trust = trust.unwrap().unwrap();
        assert_eq!((trust.agency_claim.as_str(), trust.mode_claim.as_str()), ("https://example.com/agency", "env"));
        assert_eq!((trust.client_claim.as_deref(), trust.token_type.as_str()), (Some("client"), "JWT"));
        assert!(trust.may_manage_keys);
    }

    #[test]
    fn an_error_names_the_variable() {
        for (variables, named) in [
            (vec![ISSUER], "OAUTH_AUDIENCE"),
            (vec![("OAUTH_ISSUER", "http://127.0.0.1:2590"), AUDIENCE], "OAUTH_ISSUER"),
            (vec![("OAUTH_ISSUER", "http://issuer.example.com"), AUDIENCE], "OAUTH_ISSUER"),
            (vec![ISSUER, AUDIENCE, ("OAUTH_MAY_MANAGE_KEYS", "yes")], "OAUTH_MAY_MANAGE_KEYS"),
        ] {
            let sentence = read(&variables).unwrap_err();
            assert!(
                sentence.starts_with(&format!("the environment variable {named} is not valid: it must ")),
                "{sentence}"
            );
        }
    }
}
