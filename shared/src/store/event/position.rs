//! Places in the log, and the choice of entries by what their places say: the time, the client and the types of their events.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::{
    event::{EventType, Filter},
    id::{ClientId, EventId},
    store::Item,
};

/// The place of an entry: time of the append, id, client, types.
pub(super) fn listed_at(
    at: DateTime<Utc>,
    id: EventId,
    client: Option<ClientId>,
    types: impl Iterator<Item = EventType>,
) -> String {
    let client = client.map(|client| client.to_string()).unwrap_or_default();
    let types: Vec<_> = types.map(EventType::as_str).collect();
    format!("{}#{id}#{client}#{}", time(at), types.join("+"))
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Where a reader of the log is: in front of an entry, of which it may have read some events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    listed_at: String,
    read: usize,
}

impl Position {
    /// In front of everything that is appended at this time or later.
    #[must_use]
    pub fn at(at: DateTime<Utc>) -> Self {
        Self { listed_at: time(at), read: 0 }
    }

    pub(super) fn listed_at(&self) -> &str {
        &self.listed_at
    }

    /// The time of the append of what is read next.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        let time = self.listed_at.split('#').next().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        time.map_or(DateTime::UNIX_EPOCH, |time| time.to_utc())
    }

    /// The position that a cursor holds; `None` if the text is not a position.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (listed_at, read) = text.rsplit_once('~')?;
        let position = Self { listed_at: listed_at.into(), read: read.parse().ok()? };
        (position.time() > DateTime::UNIX_EPOCH).then_some(position)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.listed_at, self.read)
    }
}

/// The entries of a page, chosen by their places.
pub(super) struct Chosen<'a> {
    client: Option<ClientId>,
    types: &'a Filter,
    /// How many events are still wanted.
    left: usize,
    position: Position,
    /// The key of an entry, and which of its events are wanted.
    entries: Vec<(Item, Vec<usize>)>,
}

impl<'a> Chosen<'a> {
    pub(super) const fn new(client: Option<ClientId>, types: &'a Filter, limit: usize, from: Position) -> Self {
        Self { client, types, left: limit, position: from, entries: Vec::new() }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.left == 0
    }

    /// After everything that was looked at.
    pub(super) fn position(&self) -> Position {
        self.position.clone()
    }

    pub(super) fn keys(&self) -> Vec<Item> {
        self.entries.iter().map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn into_entries(self) -> Vec<(Item, Vec<usize>)> {
        self.entries
    }

    /// Looks at the next entry, and takes as many of its events as are wanted.
    pub(super) fn look_at(&mut self, key: Item, listed_at: &str) {
        let skip = if listed_at == self.position.listed_at { self.position.read } else { 0 };
        let mut parts = listed_at.split('#').skip(2);
        let client = parts.next().unwrap_or_default();
        let types: Vec<_> = parts.next().unwrap_or_default().split('+').collect();
        let is_clients = self.client.is_none_or(|wanted| client == wanted.to_string());
        let (mut read, mut wanted) = (skip, Vec::new());
        while read < types.len() && !self.is_full() {
            let admitted =
                types.get(read).and_then(|kind| kind.parse().ok()).is_some_and(|kind| self.types.admits(kind));
            if is_clients && admitted {
                wanted.push(read);
                self.left -= 1;
            }
            read += 1;
        }
        self.position = Position { listed_at: listed_at.into(), read };
        if !wanted.is_empty() {
            self.entries.push((key, wanted));
        }
    }
}
