//! `/www.instagram.com/oauth/authorize`: the authorization request, checked to the letter, and consent.

use bytes::Bytes;
use http::Request;

use super::{
    OAUTH,
    account::{ACCOUNTS, Account, Behavior},
};
use crate::{
    Sandbox,
    fields::Fields,
    oauth::{
        authorize::{self, Asking},
        code::{self, Consented},
        consent::{self, Ask, Choice, Decision},
    },
    reply::{Reply, Stop},
};

const PARAMETERS: [&str; 5] = ["client_id", "redirect_uri", "response_type", "scope", "state"];

/// Without it nothing else is granted.
pub(super) const BASIC: &str = "instagram_business_basic";
pub(super) const PUBLISH: &str = "instagram_business_content_publish";
const SCOPES: [&str; 5] = [
    BASIC,
    PUBLISH,
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
    "instagram_business_manage_messages",
];

fn check<'a>(sandbox: &'a Sandbox, fields: &'a Fields) -> Result<(Asking<'a>, Vec<&'a str>), String> {
    let asking = authorize::check(sandbox, fields, "client_id")?;
    let scopes = authorize::scopes(fields, ',', &SCOPES, "Instagram")?;
    if !scopes.contains(&BASIC) {
        return Err(format!("The parameter scope must have {BASIC}."));
    }
    Ok((asking, scopes))
}

/// `GET`
pub(crate) fn ask(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::asked(request, "Instagram", &PARAMETERS)?;
    let (asking, scopes) = match check(sandbox, &fields) {
        Ok(asked) => asked,
        Err(sentence) => return Ok(consent::refuse(&sentence)?),
    };
    let choice = |account: &Account| Choice { username: account.username, name: account.name, about: account.about };
    Ok(consent::page(&Ask {
        platform: "Instagram",
        action: "/www.instagram.com/oauth/authorize",
        client: &asking.app.client_id,
        scopes: &scopes,
        may_withhold: false,
        fields: &fields,
        parameters: &PARAMETERS,
        accounts: &ACCOUNTS.iter().map(choice).collect::<Vec<_>>(),
    })?)
}

/// `POST`: the consent form, which carries the request and one of `account` (a username) and `cancel`.
pub(crate) async fn decide(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Reply, Stop> {
    let fields = consent::posted(sandbox, request)?;
    let checked = check(sandbox, &fields).and_then(|asked| Ok((asked, consent::decision(&fields)?)));
    let ((asking, scopes), decision) = match checked {
        Ok(checked) => checked,
        Err(sentence) => return Ok(consent::refuse(&sentence)?),
    };
    let account = match decision {
        Decision::Cancel => None,
        Decision::Account(username) => match Account::by_username(username) {
            Some(account) => Some(account),
            None => return Ok(consent::refuse("There is no such test account.")?),
        },
    };
    // Instagram appends this fragment, which is no part of the last parameter.
    let fragment = Some("_");
    Ok(match account {
        Some(account) if account.behavior != Behavior::Declines => {
            let consented = Consented { account: account.id, scope: &scopes.join(","), challenge: None };
            let code = code::issue(sandbox, &OAUTH, &asking, &consented).await?;
            consent::back(asking.redirect_uri, &[("code", &code), ("state", asking.state)], fragment)?
        }
        _ => {
            let declined = [
                ("error", "access_denied"),
                ("error_reason", "user_denied"),
                ("error_description", "The user denied your request."),
                ("state", asking.state),
            ];
            consent::back(asking.redirect_uri, &declined, fragment)?
        }
    })
}
