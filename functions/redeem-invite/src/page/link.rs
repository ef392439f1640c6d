//! The page of a link: the client, the platforms with their accounts, and what the customer agrees to.

use http::{StatusCode, header};
use maud::{Markup, html};
use shared::{account::AccountStatus, api::Response};

use super::{
    access, icon,
    layout::of_link,
    name::{agency, client, plain},
    notice::{Failed, notice},
    row,
};
use crate::{cookie, link::Link};

/// The page, with a notice above the platforms if the last request failed.
pub(crate) fn link(status: StatusCode, link: &Link, failed: Option<Failed<'_>>) -> Response {
    let platforms = &link.invite.platforms;
    let connected = platforms
        .iter()
        .filter(|platform| link.account(**platform).is_some_and(|account| account.status == AccountStatus::Connected))
        .count();
    let done = connected == platforms.len();
    let main = html! {
        @if done && failed.is_none() { (all_done(link)) } @else { (invitation(link)) }
        @if let Some(failed) = &failed { (notice(failed)) }
        @if platforms.len() > 1 { (progress(connected, platforms.len())) }
        ul.platforms role="list" {
            @for platform in platforms { (row::row(*platform, link, failed.as_ref())) }
        }
        h2 { "What happens next" }
        @if done { (afterwards(link)) } @else { (steps()) }
        (access::access(&agency(link), done))
    };
    let title = format!("Connect accounts for {}", plain(link.client.name.as_str()));
    let title = failed.map_or(title.clone(), |failed| format!("{} · {title}", failed.failure.words().0));
    of_link(status, &title, link, html! {}, main).with(header::SET_COOKIE, &cookie::page())
}

fn invitation(link: &Link) -> Markup {
    html! {
        h1 { "Connect accounts for " (client(link)) }
        p {
            (agency(link)) " would like to post for " (client(link)) ". "
            "Connect each account on its network’s own site."
        }
    }
}

fn all_done(link: &Link) -> Markup {
    html! {
        div.done role="status" {
            (icon::tick())
            div {
                h1 { "All done" }
                p { (agency(link)) " can now post for " (client(link)) "." }
                @if let Some(url) = link.return_url() { p { a.button href=(url.as_str()) { span { "Back to " (agency(link)) } } } }
                @else { p { "You can close this page." } }
            }
        }
    }
}

fn progress(connected: usize, of: usize) -> Markup {
    html! {
        div.progress {
            p { (connected) " of " (of) " connected" }
            div.steps aria-hidden="true" {
                @for step in 0..of { span.step.on[step < connected] {} }
            }
        }
    }
}

fn steps() -> Markup {
    html! {
        ol {
            li { "You press a button, and the network’s own site opens." }
            li { "You sign in there and agree." }
            li { "You come straight back here and see a check mark." }
        }
    }
}

fn afterwards(link: &Link) -> Markup {
    html! {
        ul.next {
            li { "There is nothing more to do: " (agency(link)) " sees that you are connected." }
            li { "If a connection ever ends, " (agency(link)) " can send you a new link." }
        }
    }
}
