//! Whom a signed request is about.

use chrono::{DateTime, Utc};
use platforms::PlatformId;
use shared::{
    account::Account,
    api::{Code, Error, Request},
    oauth::signed_request::{self, NotSigned, Told},
    store::Person,
    tenant::Mode,
};

use super::Deps;

/// A person's id, and the modes whose app the request is signed for. Test mode and live mode have different apps, but
/// for a `local` without credentials.
pub(super) struct Signed {
    user_id: String,
    pub(super) issued_at: DateTime<Utc>,
    modes: Vec<Mode>,
    platform: PlatformId,
}

impl Signed {
    pub(super) fn persons(&self) -> impl Iterator<Item = Person<'_>> {
        self.modes.iter().map(|mode| Person { mode: *mode, platform: self.platform, user_id: &self.user_id })
    }

    /// Whether the request is about what the account was granted. The person may have connected it again since.
    pub(super) fn is_about(&self, account: &Account) -> bool {
        account.was_granted_by(self.issued_at)
    }
}

/// Reads the form field `signed_request`.
pub(super) fn read(deps: &Deps, platform: PlatformId, request: &Request) -> Result<Signed, Error> {
    let body: &[u8] = request.body();
    let field = url::form_urlencoded::parse(body).find(|(name, _)| name == "signed_request");
    let refused = |why: NotSigned| Error::new(Code::SignatureInvalid, format!("The signed request is refused: {why}."));
    let (_, text) = field.ok_or_else(|| refused(NotSigned::Form))?;
    let now = deps.clock.now();
    let (mut signed, mut reason) = (None::<Signed>, NotSigned::Signature);
    for mode in [Mode::Live, Mode::Test] {
        let Some(app) = deps.sites.site(mode, platform).and_then(|site| site.app) else { continue };
        match signed_request::person(&text, &app.client_secret, now) {
            Ok(Told { user_id, issued_at }) => {
                signed.get_or_insert(Signed { user_id, issued_at, modes: Vec::new(), platform }).modes.push(mode);
            }
            // The reason of the app that signed it says more than that another app did not.
            Err(NotSigned::Signature) => {}
            Err(other) => reason = other,
        }
    }
    signed.ok_or_else(|| refused(reason))
}
