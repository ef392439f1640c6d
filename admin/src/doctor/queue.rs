//! Checks that every queue is consumed and that there are no dead letters.

use aws_sdk_sqs::types::QueueAttributeName;
use shared::queue::Urls;

use super::Finding;
use crate::{Sentence, deployed::Aws, root};

/// More waiting messages than this mean that they are not consumed, or not fast enough.
const MAX_WAITING: u64 = 1000;

pub(super) async fn check(aws: &Aws) -> Vec<Finding> {
    const DEAD: &str = "dead letters";
    let mut counted = Vec::new();
    for queue in queues(&aws.queue_urls) {
        let waiting = waiting(aws, queue.url).await;
        counted.push((queue, waiting));
    }
    let mut findings = judge(counted);
    findings.push(match waiting(aws, &aws.dead_letters_url).await {
        Err(why) => Finding::fault(DEAD, why),
        Ok(0) => Finding::ok(DEAD, "none"),
        Ok(dead) => Finding::fault(
            DEAD,
            format!(
                "about {dead}; see the logs of open-post and publish-target for the cause, fix it, then run `admin redrive`"
            ),
        ),
    });
    findings
}

/// A queue, and the function that it calls.
struct Queue<'a> {
    name: String,
    function: &'static str,
    url: &'a str,
}

fn queues(urls: &Urls) -> Vec<Queue<'_>> {
    let targets = urls.targets.iter();
    let targets = targets.map(|(platform, url)| Queue { name: platform.to_string(), function: "publish-target", url });
    std::iter::once(Queue { name: "posts".into(), function: "open-post", url: &urls.posts }).chain(targets).collect()
}

/// A fault for each queue that is not in order, or one finding about all.
fn judge(counted: Vec<(Queue<'_>, Result<u64, Sentence>)>) -> Vec<Finding> {
    let all: u64 = counted.iter().filter_map(|(_, waiting)| waiting.as_ref().ok()).sum();
    let faults: Vec<_> = counted
        .into_iter()
        .filter_map(|(Queue { name, function, .. }, waiting)| {
            let why = match waiting {
                Err(why) => why,
                Ok(waiting) if waiting > MAX_WAITING => format!(
                    "about {waiting} messages wait; see the log of {function}, and raise the parameter PublishConcurrency if it cannot keep up"
                ),
                Ok(_) => return None,
            };
            Some(Finding::fault(format!("queue {name}"), why))
        })
        .collect();
    match faults.is_empty() {
        true => vec![Finding::ok("queues", format!("about {all} messages wait"))],
        false => faults,
    }
}

async fn waiting(aws: &Aws, url: &str) -> Result<u64, Sentence> {
    let answer = aws
        .queue
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
        .send()
        .await
        .map_err(|error| format!("cannot be read ({}); check your permissions", root(&error)))?;
    let count = answer.attributes().and_then(|all| all.get(&QueueAttributeName::ApproximateNumberOfMessages));
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use platforms::PlatformId;

    use super::*;

    fn judged(count: impl Fn(&str) -> Result<u64, Sentence>) -> Vec<(bool, String, String)> {
        let targets = PlatformId::ALL.map(|platform| (platform, format!("https://sqs/{platform}")));
        let urls = Urls { posts: "https://sqs/posts".into(), targets: targets.into() };
        let counted = queues(&urls).into_iter().map(|queue| {
            let waiting = count(queue.url);
            (queue, waiting)
        });
        judge(counted.collect()).into_iter().map(|it| (it.ok, it.subject, it.message)).collect()
    }

    #[test]
    fn queues_in_order_are_one_line() {
        let findings = judged(|_| Ok(MAX_WAITING));
        assert_eq!(findings, [(true, "queues".into(), "about 5000 messages wait".into())]);
    }

    #[test]
    fn a_queue_with_too_many_messages_is_named_with_its_function() {
        for (url, subject, function) in [
            ("https://sqs/posts", "queue posts", "open-post"),
            ("https://sqs/tiktok", "queue tiktok", "publish-target"),
        ] {
            let findings = judged(|asked| Ok(if asked == url { MAX_WAITING + 1 } else { 0 }));
            let [(ok, named, message)] = &findings[..] else { panic!("{findings:?}") };
            assert_eq!((*ok, named.as_str()), (false, subject));
            assert!(message.starts_with("about 1001 messages wait; ") && message.contains(function), "{message}");
        }
    }

    #[test]
    fn a_queue_that_cannot_be_read_is_named() {
        let findings = judged(|url| if url.ends_with("/x") { Err("cannot be read".into()) } else { Ok(0) });
        assert_eq!(findings, [(false, "queue x".into(), "cannot be read".into())]);
    }
}
