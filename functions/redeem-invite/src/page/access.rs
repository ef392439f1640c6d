//! What the customer agrees to. The text is true for the scopes of every platform's `Spec`.

use maud::{Markup, html};

use super::icon;

/// `done`: the customer has agreed already.
pub(super) fn access(agency: &Markup, done: bool) -> Markup {
    html! {
        h2 { @if done { "What you agreed to" } @else { "What you agree to" } }
        div.access {
            section {
                h3 { (agency) " can" }
                ul role="list" {
                    li { (icon::yes()) "publish posts on the accounts you connect" }
                    li { (icon::yes()) "see their names, and whether a post went out" }
                }
            }
            section {
                h3 { "Nobody here can" }
                ul role="list" {
                    li { (icon::no()) "see your password" }
                    li { (icon::no()) "read your private messages" }
                    li { (icon::no()) "change your password or settings" }
                }
            }
        }
        p { "You stay in charge: end the connection whenever you like, in your settings at the network." }
    }
}
