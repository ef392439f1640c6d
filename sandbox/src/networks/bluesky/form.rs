//! A form for the authorization server: its client, the client's key and the key of its DPoP proof.

use bytes::Bytes;
use http::Request;

use super::{
    assertion,
    client::Client,
    dpop::{self, Server},
    oauth_error::{refuse, refuse_proof},
};
use crate::{content_type, context::Context, fields::Fields, reply::Stop};

pub(super) struct Form {
    pub(super) fields: Fields,
    pub(super) client: Client,
    /// The client and both keys. Codes and tokens are bound to all three.
    pub(super) holder: String,
}

/// What a holder is called that is a client without a key.
const NO_KEY: &str = "none";

impl Form {
    /// Reads a form with these parameters, and those that authenticate the client. The client is checked first, so its
    /// assertion is used up even if the proof is refused.
    pub(super) async fn read(context: &Context, request: &Request<Bytes>, known: &[&str]) -> Result<Self, Stop> {
        if !content_type::is(request, content_type::FORM) {
            return refuse(context, "invalid_request", "The content type must be application/x-www-form-urlencoded");
        }
        let fields = match Fields::read(request.body()) {
            Ok(fields) => fields,
            Err(repeated) => {
                return refuse(context, "invalid_request", &format!("The parameter {} is repeated", repeated.0));
            }
        };
        let known = [known, &["client_id", "client_assertion_type", "client_assertion"]].concat();
        if let Some((name, _)) = fields.other_than(&known) {
            return refuse(context, "invalid_request", &format!("The parameter {name} is unknown here"));
        }
        let Some(id) = fields.get("client_id") else {
            return refuse(context, "invalid_request", "The parameter client_id is missing");
        };
        let client = match Client::find(context, id).await? {
            Ok(client) => client,
            Err(reason) => return refuse(context, "invalid_client_metadata", reason),
        };
        let key = match assertion::check(context, &client, &fields).await? {
            Ok(key) => key,
            Err(reason) => return refuse(context, "invalid_client", reason),
        };
        let proof = match dpop::check(context, request, Server::Authorization, None).await? {
            Ok(thumbprint) => thumbprint,
            Err(error) => return refuse_proof(context, &error),
        };
        if key.as_ref() == Some(&proof) {
            return refuse(context, "invalid_request", "The DPoP key must differ from the client's key");
        }
        let holder = format!("{} {} {proof}", client.id, key.as_deref().unwrap_or(NO_KEY));
        Ok(Self { fields, client, holder })
    }

    pub(super) fn required(&self, context: &Context, name: &str) -> Result<&str, Stop> {
        match self.fields.get(name) {
            Some(value) => Ok(value),
            None => refuse(context, "invalid_request", &format!("The parameter {name} is missing")),
        }
    }
}

/// Whether the holder is a client without a key.
pub(super) fn is_public(holder: &str) -> bool {
    holder.split(' ').nth(1) == Some(NO_KEY)
}

/// The thumbprint of the holder's DPoP key.
pub(super) fn proof_key(holder: &str) -> &str {
    holder.rsplit(' ').next().unwrap_or_default()
}
