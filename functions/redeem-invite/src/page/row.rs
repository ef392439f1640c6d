//! A platform on a link's page: its account, and the button that connects one.

use maud::{Markup, html};
use platforms::{PlatformId, spec::Prompt};
use shared::account::{Account, AccountStatus};

use super::{
    mark::mark,
    name::name,
    notice::{self, Failed},
};
use crate::{failure::Failure, link::Link};

pub(super) fn row(platform: PlatformId, link: &Link, failed: Option<&Failed<'_>>) -> Markup {
    let network = platforms::spec(platform).display_name;
    let form = |button: String| start_form(platform, link, &button, failed);
    match link.account(platform) {
        Some(account) if account.status == AccountStatus::Connected => html! {
            li.platform {
                (mark(platform))
                div { h2 { (network) } p.state { "Connected as " (handle(account)) } }
                span.check aria-hidden="true" { "✓" }
                @if link.others_to_reconnect(account).next().is_some() {
                    div.note.small {
                        @for ended in link.others_to_reconnect(account) {
                            "The connection as " (handle(ended)) " has ended. "
                        }
                        "To connect it again, "
                        @if link.invite.connected.contains_key(&platform) { "ask for another link." }
                        @else { "choose that account below." }
                    }
                }
                // Connected by another link: this link may add another account.
                @if !link.invite.connected.contains_key(&platform) {
                    details {
                        summary { "Connect another account" }
                        (form(format!("Connect another {network} account")))
                    }
                }
            }
        },
        Some(account) => html! {
            li.platform {
                (mark(platform))
                div { h2 { (network) } p.state { "The connection as " (handle(account)) " has ended" } }
                (form(format!("Reconnect {network}")))
            }
        },
        None => html! {
            li.platform {
                (mark(platform))
                div { h2 { (network) } p.state { "Not connected yet" } }
                @if let Some(note) = platforms::spec(platform).account_note { p.note.small { (note) } }
                (form(format!("Connect {network}")))
            }
        },
    }
}

fn handle(account: &Account) -> Markup {
    name(&account.handle)
}

fn start_form(platform: PlatformId, link: &Link, button: &str, failed: Option<&Failed<'_>>) -> Markup {
    let misnamed =
        failed.is_some_and(|failed| failed.failure == Failure::AccountNotFound && failed.platform == Some(platform));
    let prompt = platforms::spec(platform).prompt.as_ref();
    html! {
        form.start.asks[prompt.is_some()] method="post" action={ "/invite/" (link.token.expose()) "/" (platform) } {
            @if let Some(Prompt { field, label, example }) = prompt {
                @let (id, hint) = (format!("{platform}-{field}"), format!("{platform}-example"));
                div.field {
                    label for=(id) { (label) }
                    input id=(id) name=(field) required dir="auto" autocapitalize="none" autocomplete="username"
                        autocorrect="off" spellcheck="false" aria-invalid=[misnamed.then_some("true")]
                        aria-describedby={ (hint) @if misnamed { " " (notice::ID) } };
                    p.small id=(hint) { "For example " (example) }
                }
            }
            button { (button) }
        }
    }
}
