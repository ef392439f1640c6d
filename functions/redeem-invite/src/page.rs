//! The pages: server-rendered, no script, one layout.

mod style;

use data_encoding::BASE64;
use http::{HeaderName, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest;
use shared::{
    account::{Account, AccountStatus},
    api::Response,
    platform::{self, spec::Asks},
    platform_id::PlatformId,
};
use url::Url;

use super::{
    failure::{Failure, Refusal},
    link::Link,
};
use style::STYLE;

/// The page of a link, with what happened last above its rows.
pub(super) fn link(status: StatusCode, link: &Link, notice: Option<(Failure, &str)>) -> Response {
    let rows: Vec<_> = link.invite.platforms.iter().map(|platform| (*platform, link.account(*platform))).collect();
    let connected = |account: &Option<&Account>| account.is_some_and(|it| it.status == AccountStatus::Connected);
    let done = rows.iter().all(|(_, account)| connected(account));
    let (agency, client) = (plain(&link.agency.name), plain(link.client.name.as_str()));
    let body = html! {
        h1 { "Connect accounts for " bdi { (client) } }
        @if let Some((failure, correlation_id)) = notice {
            (said(failure, correlation_id))
        } @else if done {
            p.notice.good role="status" { strong { "All done." } " You can close this page." }
        }
        p {
            bdi { (agency) } " would like to post for " bdi { (client) } ". "
            "You sign in at each network itself: we never see your password, and you can end the connection there at any time."
        }
        ul.platforms {
            @for (platform, account) in &rows {
                li { (row(*platform, *account, link)) }
            }
        }
    };
    let title = format!("Connect accounts for {client}");
    respond(status, &title, &body, None)
}

fn row(platform: PlatformId, account: Option<&Account>, link: &Link) -> Markup {
    let spec = platform::spec(platform);
    let name = spec.display_name;
    match account {
        Some(account) if account.status == AccountStatus::Connected => html! {
            div.platform {
                h2 { (name) }
                p.state { span.check aria-hidden="true" { "✓" } " Connected as " bdi { (plain(&account.handle)) } }
                // Connected before, by another link: this one may add an account beside it.
                @if !link.invite.connected.contains_key(&platform) {
                    details {
                        summary { "Connect another account" }
                        (start_form(platform, link, &format!("Connect another {name} account")))
                    }
                }
            }
        },
        _ => html! {
            div.platform {
                h2 { (name) }
                @if let Some(account) = account {
                    p.state { "The connection as " bdi { (plain(&account.handle)) } " has ended." }
                    (start_form(platform, link, &format!("Reconnect {name}")))
                } @else {
                    (start_form(platform, link, &format!("Connect {name}")))
                }
            }
        },
    }
}

fn start_form(platform: PlatformId, link: &Link, button: &str) -> Markup {
    html! {
        form method="post" action={ "/invite/" (link.token.expose()) "/" (platform) } {
            @if let Some(Asks { field, label, example }) = &platform::spec(platform).asks_for {
                label for={ (platform) "-" (field) } { (label) }
                input id={ (platform) "-" (field) } name=(field) placeholder=(example) required
                    autocapitalize="none" autocomplete="username" autocorrect="off" spellcheck="false";
            }
            button { (button) }
        }
    }
}

/// The way out to a platform. A redirect would be stopped: browsers apply `form-action` to every hop after a form.
pub(super) fn way_out(url: &Url, name: &str) -> Response {
    let body = html! {
        h1 { "On to " (name) " …" }
        p { a #continue href=(url.as_str()) { "Continue to " (name) } }
        p { "You will come back here afterwards." }
    };
    respond(StatusCode::OK, &format!("On to {name}"), &body, Some(url))
}

/// A failure: on the link's page where there is one, else on a page of its own.
pub(super) fn refusal(refusal: &Refusal, correlation_id: &str) -> Response {
    let platform = refusal.platform.map(PlatformId::as_str);
    tracing::info!(code = refusal.failure.code(), platform, "the customer reads why this did not work");
    let status = refusal.failure.status();
    if let Some(open) = &refusal.link {
        return link(status, open, Some((refusal.failure, correlation_id)));
    }
    let (title, advice) = refusal.failure.words();
    let body = html! {
        h1 { (title) }
        p { (advice) }
        p.small { "Reference: " (correlation_id) }
    };
    respond(status, title, &body, None)
}

fn said(failure: Failure, correlation_id: &str) -> Markup {
    let (title, advice) = failure.words();
    html! {
        p.notice.bad role="alert" data-code=(failure.code()) { strong { (title) "." } " " (advice) }
        p.small { "Reference: " (correlation_id) }
    }
}

fn respond(status: StatusCode, title: &str, body: &Markup, onward: Option<&Url>) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                @if let Some(url) = onward { meta http-equiv="refresh" content={ "0;url=" (url.as_str()) }; }
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    Response::html(status, page.into_string())
        .with(header::CONTENT_SECURITY_POLICY, &policy())
        .with(header::REFERRER_POLICY, "same-origin")
        .with(header::X_FRAME_OPTIONS, "DENY")
        .with(HeaderName::from_static("cross-origin-opener-policy"), "same-origin")
}

/// No script, no other origin, and only the one style.
fn policy() -> String {
    let style = BASE64.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()).as_ref());
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    )
}

/// A name without what could disguise it: control and bidirectional characters.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(*c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}
