//! What to do about a platform's no.

use platforms::Category;

/// For the agency, by the code and what it is about.
#[must_use]
pub fn advice(name: &str, code: &str, category: Category) -> String {
    match (code, category) {
        ("app_not_audited", _) => {
            format!(
                "{name} has not audited this app: until it has, post with privacyLevel SELF_ONLY, to private accounts."
            )
        }
        ("privacy_level_not_allowed", _) => {
            "The account does not offer this privacyLevel: choose one that it does.".to_owned()
        }
        ("media_unreachable", _) => format!("{name} cannot fetch a file: see that its URL is public."),
        (_, Category::Auth) => format!("{name} refuses the connection: mint a new connect link for the customer."),
        (_, Category::Content) => format!("{name} refuses the content: change it and post again."),
        (_, Category::Media) => format!("{name} refuses a file: replace it and post again."),
        (_, Category::Quota) => format!("{name} allows no more right now; it goes out when it may."),
        (_, Category::Account) => {
            format!("{name} does not let this account post: the customer has to look at it there.")
        }
        (_, Category::Platform | Category::Network) => format!("{name} refused."),
    }
}
