//! How often an agency may ask, in each hour of the clock.

use chrono::Duration;
use http::Method;
use shared::testing::Ask;

use super::{Is, Limits, Mode, Row, Stage, Tenant, row};

const LIMITED: Is = Is::No(429, "rate_limited");
const MISSING: Is = Is::No(404, "not_found");

/// From the next hour on, two reads and two writes; in both modes.
pub(super) async fn few(stage: &Stage) {
    for mode in [Mode::Live, Mode::Test] {
        let tenant = Tenant { agency: stage.world.agency, mode };
        stage.world.gate.set_limits(tenant, Limits { reads: 2, writes: 2 }).await.unwrap();
    }
    stage.world.clock.advance(Duration::hours(1));
}

fn limited(source: &'static str, says: &'static str) -> Row {
    row(source, says).then(|s| Box::pin(few(s)))
}

fn write(stage: &Stage) -> Ask {
    stage.new_client("A")
}

fn bad(stage: &Stage) -> Ask {
    stage.new_client("")
}

pub(super) fn rows() -> Vec<Row> {
    let faulty = || Is::No(422, "validation_failed");
    vec![
        limited("limits draft, RateLimit-Limit", "an answer says how many requests an hour has")
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-limit", "2"),
        limited("limits draft, RateLimit-Remaining", "and how many are left")
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-remaining", "1")
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-remaining", "0"),
        limited("limits draft, RateLimit-Reset", "and for how many seconds this hour goes on")
            .pass(Duration::seconds(3570))
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-reset", "30"),
        limited("RFC 9110 §10.2.3", "over the limit: Retry-After, to the top of the hour")
            .pass(Duration::minutes(59))
            .ask(Stage::read, Is::Fine)
            .ask(Stage::read, Is::Fine)
            .ask(Stage::read, LIMITED)
            .header("retry-after", "60")
            .header("ratelimit-reset", "60")
            .header("ratelimit-remaining", "0"),
        limited("ours", "a new hour is a full one")
            .ask(Stage::read, Is::Fine)
            .ask(Stage::read, Is::Fine)
            .ask(Stage::read, LIMITED)
            .pass(Duration::hours(1))
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-remaining", "1"),
        limited("ours", "a read is no write")
            .ask(Stage::read, Is::Fine)
            .ask(Stage::read, Is::Fine)
            .ask(write, Is::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "a write is no read")
            .ask(write, Is::New)
            .ask(write, Is::Replay(0))
            .ask(write, LIMITED)
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-remaining", "1"),
        limited("ours", "DELETE and PATCH are writes")
            .ask(|s| Ask::new(Method::DELETE, "/v1/posts/none").key(&s.world.key), MISSING)
            .header("ratelimit-remaining", "1")
            .ask(|s| Ask::new(Method::PATCH, "/v1/posts/none").key(&s.world.key), MISSING)
            .header("ratelimit-remaining", "0"),
        limited("ours", "what the gate admits is counted, whatever comes of it")
            .ask(bad, faulty())
            .header("ratelimit-remaining", "1")
            .ask(|s| s.new_client("A").body("{"), Is::No(400, "malformed_json"))
            .header("ratelimit-remaining", "0"),
        limited("ours", "what it refuses is not: 401")
            .ask(|s| write(s).key("obh_live_x"), Is::No(401, "unauthenticated"))
            .header("ratelimit-limit", None)
            .ask(write, Is::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "403, which says what is left")
            .ask(|s| write(s).key(&s.narrow), Is::No(403, "insufficient_scope"))
            .header("ratelimit-limit", "2")
            .header("ratelimit-remaining", "2")
            .header("ratelimit-reset", "3600")
            .ask(write, Is::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "403 of a function whose clock is behind speaks of the hour that is counted in")
            .ask(write, Is::New)
            .pass(Duration::seconds(-1))
            .ask(|s| write(s).key(&s.narrow), Is::No(403, "insufficient_scope"))
            .header("ratelimit-remaining", "1")
            .header("ratelimit-reset", "3601"),
        limited("ours", "without the scope it stays 403 where all are used")
            .ask(write, Is::New)
            .ask(write, Is::Replay(0))
            .ask(|s| write(s).key(&s.narrow), Is::No(403, "insufficient_scope"))
            .header("ratelimit-remaining", "0")
            .header("retry-after", None),
        limited("ours", "and 429: a higher limit finds only what was admitted")
            .ask(bad, faulty())
            .ask(bad, faulty())
            .ask(bad, LIMITED)
            .ask(bad, LIMITED)
            .then(|s| {
                Box::pin(async {
                    let tenant = Tenant { agency: s.world.agency, mode: Mode::Live };
                    s.world.gate.set_limits(tenant, Limits { reads: 2, writes: 3 }).await.unwrap();
                })
            })
            .ask(write, Is::New)
            .header("ratelimit-remaining", "0"),
        limited("ours", "a replay is a request: over the limit it is refused, and an hour later answered")
            .ask(write, Is::New)
            .ask(write, Is::Replay(0))
            .header("ratelimit-remaining", "0")
            .ask(write, LIMITED)
            .pass(Duration::hours(1))
            .ask(write, Is::Replay(0)),
        limited("ours", "all keys of an agency share its hour")
            .ask(write, Is::New)
            .ask(|s| write(s).key(&s.second), Is::Replay(0))
            .ask(|s| s.invite(&s.client).key(&s.bound), LIMITED),
        limited("ours", "test and live have an hour each")
            .ask(bad, faulty())
            .ask(bad, faulty())
            .ask(bad, LIMITED)
            .ask(|s| write(s).key(&s.test), Is::New)
            .header("ratelimit-remaining", "1"),
        limited("ours", "another agency has its own")
            .ask(bad, faulty())
            .ask(bad, faulty())
            .ask(|s| write(s).key(&s.stranger), Is::New)
            .header("ratelimit-limit", "100000"),
        limited("RFC 9110 §15.5.6", "a method that is not there says which are, to anybody, and is not counted")
            .ask(|_| Ask::new(Method::HEAD, "/v1/clients"), Is::No(405, "method_not_allowed"))
            .header("allow", "GET, POST")
            .header("ratelimit-limit", None)
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-remaining", "1"),
        limited("ours", "a path that is not there is not counted")
            .ask(|s| Ask::get("/v1/nothing").key(&s.world.key), MISSING)
            .header("ratelimit-limit", None)
            .ask(Stage::read, Is::Fine)
            .header("ratelimit-remaining", "1"),
    ]
}
