//! Checks that the queue is being consumed and that there are no dead letters.

use aws_sdk_sqs::types::QueueAttributeName;

use super::Finding;
use crate::{Sentence, deployed::Aws, root};

/// More waiting messages than this mean that they are not consumed, or not fast enough.
const MAX_WAITING: u64 = 1000;

pub(super) async fn check(aws: &Aws) -> [Finding; 2] {
    const QUEUE: &str = "queue";
    const DEAD: &str = "dead letters";
    let queue = match waiting(aws, &aws.queue_url).await {
        Err(why) => Finding::fault(QUEUE, why),
        Ok(waiting) if waiting > MAX_WAITING => Finding::fault(
            QUEUE,
            format!(
                "about {waiting} messages wait; see the log of publish-post, and raise the parameter PublishConcurrency if it cannot keep up"
            ),
        ),
        Ok(waiting) => Finding::ok(QUEUE, format!("about {waiting} messages wait")),
    };
    let dead = match waiting(aws, &aws.dead_letters_url).await {
        Err(why) => Finding::fault(DEAD, why),
        Ok(0) => Finding::ok(DEAD, "none"),
        Ok(dead) => Finding::fault(
            DEAD,
            format!("about {dead}; see the log of publish-post for the cause, fix it, then run `admin redrive`"),
        ),
    };
    [queue, dead]
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
