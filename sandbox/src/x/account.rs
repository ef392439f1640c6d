//! The test accounts, and how each of them behaves. The only place to add one.

/// What is peculiar about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    Good,
    /// Good, and without rate limits.
    Unlimited,
    Declines,
    /// Its grant dies at its first publish, and is never refreshed.
    TokenDeadAtPublish,
    ShortLivedToken,
    RateLimitedOnce,
    /// Publishes, and loses the answer.
    AnswerLost,
    /// Publishes nothing, and loses the answer.
    AnswerLostNothingPosted,
    ServerErrorOnce,
    Suspended,
}

#[derive(Debug)]
pub(crate) struct Account {
    /// X's immutable user id.
    pub(crate) id: &'static str,
    /// `[A-Za-z0-9_]{1,15}`, as X demands.
    pub(crate) username: &'static str,
    pub(crate) name: &'static str,
    pub(crate) behavior: Behavior,
    /// What it does, in a sentence for the pages.
    pub(crate) about: &'static str,
}

pub(crate) const ACCOUNTS: &[Account] = &[
    Account {
        id: "1500000000000000001",
        username: "demo_shop",
        name: "Demo Shop",
        behavior: Behavior::Good,
        about: "Publishes whatever it is given, within X's rules.",
    },
    Account {
        id: "1500000000000000002",
        username: "demo_cafe",
        name: "Demo Café",
        behavior: Behavior::Good,
        about: "A second good account, for connecting more than one.",
    },
    Account {
        id: "1500000000000000003",
        username: "busy_shop",
        name: "Busy Shop",
        behavior: Behavior::Unlimited,
        about: "Posts without limit, for load tests.",
    },
    Account {
        id: "1500000000000000004",
        username: "declines",
        name: "Declines",
        behavior: Behavior::Declines,
        about: "Says no when asked for consent: the app is sent back with access_denied.",
    },
    Account {
        id: "1500000000000000005",
        username: "token_dead",
        name: "Token Dead At Publish",
        behavior: Behavior::TokenDeadAtPublish,
        about: "Connects well, but at the first post its access has been withdrawn, and refreshing fails too.",
    },
    Account {
        id: "1500000000000000006",
        username: "short_lived",
        name: "Short-Lived Token",
        behavior: Behavior::ShortLivedToken,
        about: "Its access tokens live 60 seconds, so that a scheduled post needs a refresh, which works.",
    },
    Account {
        id: "1500000000000000007",
        username: "rate_limited",
        name: "Rate Limited Once",
        behavior: Behavior::RateLimitedOnce,
        about: "Its first post ever is answered 429 and told to wait 5 seconds; later ones pass.",
    },
    Account {
        id: "1500000000000000008",
        username: "answer_lost",
        name: "Answer Lost",
        behavior: Behavior::AnswerLost,
        about: "Publishes, but the connection breaks before the answer arrives.",
    },
    Account {
        id: "1500000000000000009",
        username: "lost_unposted",
        name: "Answer Lost, Nothing Posted",
        behavior: Behavior::AnswerLostNothingPosted,
        about: "The connection breaks before the answer arrives, and nothing was published.",
    },
    Account {
        id: "1500000000000000010",
        username: "server_error",
        name: "Server Error Once",
        behavior: Behavior::ServerErrorOnce,
        about: "Its first post ever is answered 503 and is not published; later ones pass.",
    },
    Account {
        id: "1500000000000000011",
        username: "suspended",
        name: "Suspended",
        behavior: Behavior::Suspended,
        about: "Connects well, but X has suspended it: every post is refused with 403.",
    },
];

impl Account {
    pub(crate) fn by_id(id: &str) -> Option<&'static Self> {
        ACCOUNTS.iter().find(|account| account.id == id)
    }

    /// X's usernames are the same in any case.
    pub(crate) fn by_username(username: &str) -> Option<&'static Self> {
        ACCOUNTS.iter().find(|account| account.username.eq_ignore_ascii_case(username))
    }

    /// Its place in the table: what keeps post ids of different accounts apart.
    pub(crate) fn number(&self) -> u64 {
        (0..).zip(ACCOUNTS).find(|(_, account)| account.id == self.id).map_or(0, |(number, _)| number)
    }

    /// How long an access token of this account lives, in seconds.
    pub(crate) fn access_lifetime(&self) -> i64 {
        match self.behavior {
            Behavior::ShortLivedToken => 60,
            _ => 7200,
        }
    }
}
