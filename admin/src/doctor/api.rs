//! The API answers where the stack says it is, and this machine's clock agrees with it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use http::header;
use shared::net::{Engine, Reach, Request, Wire};

use super::Finding;
use crate::deployed::Deployed;

/// AWS refuses what is signed five minutes off; a minute off already misleads whoever schedules by it.
const AGREEMENT: TimeDelta = TimeDelta::minutes(1);
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn look(deployed: &Deployed) -> Vec<Finding> {
    const SUBJECT: &str = "API";
    let Some(url) = deployed.api() else {
        return vec![Finding::ill(SUBJECT, "the stack's output Url is no address; see the parameter PublicUrl")];
    };
    // A page that every deployment has, and that takes no credential.
    let page = format!("{}/errors/not_found", url.as_str().trim_end_matches('/'));
    let request = http::Request::get(&page).body(bytes::Bytes::new());
    let Ok(request) = request else {
        return vec![Finding::ill(
            SUBJECT,
            format!("{url} is no address that can be called; see the parameter PublicUrl"),
        )];
    };
    let request: Request = request;
    let engine = Engine::new(Wire::new(true), TIMEOUT);
    match engine.send(request, Reach::Listed).await {
        Err(failure) => vec![Finding::ill(
            SUBJECT,
            format!("{url} does not answer ({failure}); see its domain name and certificate, and the access log"),
        )],
        Ok(answer) if !answer.status().is_success() => vec![Finding::ill(
            SUBJECT,
            format!("{page} answers {}; see the log of error-page", answer.status().as_u16()),
        )],
        Ok(answer) => {
            let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
            let off = date.map(|date| (deployed.clock.now() - date.to_utc()).abs());
            vec![
                Finding::well(SUBJECT, format!("answers at {url}")),
                match off {
                    Some(off) if off > AGREEMENT => Finding::ill(
                        "clock",
                        format!("this machine is {} s off the API's clock; set it by the network", off.num_seconds()),
                    ),
                    Some(_) => Finding::well("clock", "this machine and the API agree"),
                    None => Finding::well("clock", "the API tells no time"),
                },
            ]
        }
    }
}
