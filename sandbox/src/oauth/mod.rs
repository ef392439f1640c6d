//! OAuth 2.0 servers. A network states what is particular to its server as an [`AuthorizationServer`]; the rest is here.
//!
//! From the bottom up: `lifetimes` (of tokens), `endpoint` (rules for authorization requests), `grant` (what a person
//! granted), `authorization_server`, `token` (issued from a grant), `code` (exchanged for the first tokens), `check`
//! (of an authorization request), `consent` (the page and the decision) and `authorize` (the endpoint). `token_form`
//! reads requests to the token endpoint, and `bearer_token` finds the caller of an API.

mod authorization_server;
pub(crate) mod authorize;
pub(crate) mod bearer_token;
mod check;
pub(crate) mod code;
pub(crate) mod consent;
mod endpoint;
pub(crate) mod grant;
mod lifetimes;
pub(crate) mod token;
pub(crate) mod token_form;

pub(crate) use authorization_server::{AuthorizationServer, TokenPolicy};
pub(crate) use check::required;
pub(crate) use endpoint::{AuthorizationEndpoint, AuthorizationRequest};
pub(crate) use lifetimes::{Lifetimes, RefreshLifetime};
