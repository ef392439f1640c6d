//! Whether the post can be made: a pure decision on the request, the stored client and accounts, and the time.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Composition, MediaChecks, Targets};
use crate::{
    account::{Account, AccountStatus},
    api::{Error, FieldError, request::MAX_BODY},
    client::Client,
    id::{AccountId, PostId},
    post::{MAX_TARGETS, Post},
    schedule::Schedule,
};
use platforms::{
    Abilities, BrokenRule, Content, PlatformId,
    media::{Facts, Media},
    options::PlatformOption,
};
use publishing::Target;

impl Composition {
    /// The post that the request makes. A draft's content and times are not checked yet, because they may still change;
    /// its accounts are.
    ///
    /// # Errors
    /// 404 if the client does not exist; 422 with every broken rule.
    pub fn decide(
        self,
        id: PostId,
        found: Option<&(Client, Vec<Account>)>,
        checks: &MediaChecks,
        now: DateTime<Utc>,
    ) -> Result<Post, Error> {
        let (client, accounts) = found.ok_or_else(|| Error::not_found("client"))?;
        let mut faults = Faults(Vec::new());
        // An edit adds to the stored post. The result must not exceed what one creation request can carry.
        let size = self.size();
        if size > MAX_BODY {
            faults.note("", format!("must be at most {MAX_BODY} bytes with the rest of the post; it is {size}"));
        }
        let due = self.due(now, &mut faults);
        let draft = self.schedule == Schedule::Draft;
        let chosen = choose(&self.targets, accounts, draft, &mut faults);
        for account in self.overrides.keys().filter(|own| chosen.iter().all(|(_, account)| account.id != **own)) {
            faults.note(&format!("overrides.{account}"), "is not a target of this post");
        }
        let target = |(_, account): &(String, &Account)| match due {
            None => Target::draft(account.id, account.platform),
            Some(due) => {
                Target::new(account.id, account.platform, due, account.status == AccountStatus::ReconnectRequired)
            }
        };
        let post = Post {
            id,
            client: client.id,
            content: self.content,
            media: self.media,
            options: self.options,
            overrides: self.overrides,
            schedule: self.schedule,
            publish_before: self.publish_before,
            created_at: now,
            targets: chosen.iter().map(target).collect(),
        };
        if !draft {
            apply_platform_rules(&post, &chosen, checks, &mut faults);
        }
        if faults.0.is_empty() { Ok(post) } else { Err(Error::invalid(faults.0)) }
    }

    /// The size of text, media, options and overrides as JSON, in bytes.
    fn size(&self) -> usize {
        json!([self.content, self.media, self.options, self.overrides]).to_string().len()
    }

    /// When it is due; `None` for a draft.
    fn due(&self, now: DateTime<Utc>, faults: &mut Faults) -> Option<DateTime<Utc>> {
        let due = if self.scheduled_before { Ok(self.schedule.still_due(now)) } else { self.schedule.due(now) };
        let due = due.unwrap_or_else(|message| {
            faults.note("schedule.scheduledAt", message);
            Some(now)
        });
        if self.publish_before.zip(due).is_some_and(|(before, due)| before <= due) {
            faults.note("publishBefore", "must be later than the post is due");
        }
        due
    }
}

/// Applies each platform's rules to what each account gets.
fn apply_platform_rules(post: &Post, chosen: &[(String, &Account)], checks: &MediaChecks, faults: &mut Faults) {
    report_unusable_media("media", &post.media, checks, faults);
    for (account, own) in &post.overrides {
        let media = own.media.as_deref().unwrap_or_default();
        report_unusable_media(&format!("overrides.{account}.media"), media, checks, faults);
    }
    // Unknown facts pass here. They are checked when the file is read, before it is sent.
    let facts_for = |account: AccountId| -> Vec<Facts> {
        post.media_for(account).iter().map(|medium| checks.of(medium).unwrap_or_default()).collect()
    };
    let facts: Vec<_> = chosen.iter().map(|(_, account)| facts_for(account.id)).collect();
    let mut checked = Checked::default();
    for ((path, account), media) in chosen.iter().zip(&facts) {
        let options = post.options_for(account.platform);
        let content = Content { text: post.content_for(account.id), media, options, abilities: &account.abilities };
        if let Err(broken) = checked.check(account.platform, &content) {
            let own = post.overrides.contains_key(&account.id).then(|| format!("overrides.{}", account.id));
            faults.note(own.as_ref().unwrap_or(path), format!("{} ({}): {broken}", account.id, broken.rule));
        }
    }
    report_missing_options(post, chosen, faults);
}

/// The results of checks. Most accounts of a post get the same text, which is then checked once for each platform.
#[derive(Default)]
struct Checked<'a>(Vec<Check<'a>>);

struct Check<'a> {
    platform: PlatformId,
    text: &'a str,
    media: &'a [Facts],
    abilities: &'a Abilities,
    result: Result<(), BrokenRule>,
}

impl<'a> Checked<'a> {
    /// The options are the same for all accounts of a platform.
    fn check(&mut self, platform: PlatformId, content: &Content<'a>) -> Result<(), BrokenRule> {
        let is_same = |known: &&Check| {
            known.platform == platform
                && std::ptr::eq(known.text, content.text)
                && known.media == content.media
                && known.abilities == content.abilities
        };
        if let Some(known) = self.0.iter().find(is_same) {
            return known.result.clone();
        }
        let result = platforms::adapter(platform).check(content);
        let Content { text, media, abilities, .. } = *content;
        self.0.push(Check { platform, text, media, abilities, result: result.clone() });
        result
    }
}

fn report_unusable_media(list: &str, media: &[Media], checks: &MediaChecks, faults: &mut Faults) {
    for (n, unusable) in media.iter().enumerate().filter_map(|(n, medium)| Some((n, checks.of(medium).err()?))) {
        faults.note(&format!("{list}[{n}].url"), format!("cannot be used: {unusable}"));
    }
}

/// Reports options that a platform requires and the request lacks.
fn report_missing_options(post: &Post, chosen: &[(String, &Account)], faults: &mut Faults) {
    for platform in PlatformId::ALL {
        let Some((_, account)) = chosen.iter().find(|(_, account)| account.platform == platform) else { continue };
        let said = post.options.get(&platform);
        let exempting = platforms::adapter(platform).exempting_option();
        if exempting.is_some_and(|flag| said.is_some_and(|said| said.get(flag) == Some(&json!(true)))) {
            continue;
        }
        let missing =
            |option: &&PlatformOption| option.required && said.is_none_or(|said| !said.contains_key(option.name));
        for option in platforms::spec(platform).options.iter().filter(missing) {
            let name = platforms::spec(platform).display_name;
            let message = format!("is required by {name}, for {}; it {}", account.id, option.values);
            faults.note(&format!("platformOptions.{platform}.{}", option.name), message);
        }
    }
}

struct Faults(Vec<FieldError>);

impl Faults {
    fn note(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(FieldError { path: path.into(), message: message.into() });
    }
}

/// The target accounts, each with the path under which its faults are reported.
fn choose<'a>(
    targets: &Targets,
    accounts: &'a [Account],
    draft: bool,
    faults: &mut Faults,
) -> Vec<(String, &'a Account)> {
    match targets {
        Targets::All => {
            let connected: Vec<_> = accounts
                .iter()
                .filter(|account| account.status == AccountStatus::Connected)
                .map(|account| ("targets".to_owned(), account))
                .collect();
            if connected.is_empty() {
                faults.note("targets", "the client has no connected account");
            }
            if connected.len() > MAX_TARGETS {
                faults.note("targets", format!("the client has more than {MAX_TARGETS} accounts: select some"));
            }
            connected
        }
        Targets::Selection(ids) => {
            let mut chosen = Vec::with_capacity(ids.len());
            for (n, id) in ids.iter().enumerate() {
                let path = format!("targets.accountIds[{n}]");
                match accounts.iter().find(|account| account.id == *id) {
                    None => faults.note(&path, "is not an account of this client"),
                    Some(account) if account.status == AccountStatus::Disconnected && !draft => {
                        faults.note(&path, "is disconnected; the client can connect it again by a new link");
                    }
                    Some(account) => chosen.push((path, account)),
                }
            }
            chosen
        }
    }
}

#[cfg(test)]
mod tests;
