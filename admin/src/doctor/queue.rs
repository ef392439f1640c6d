//! The queue is worked off, and nothing lies among the dead letters.

use aws_sdk_sqs::types::QueueAttributeName;

use super::Finding;
use crate::{Sentence, deployed::Aws, root};

/// More than this many waiting means that nobody works them off, or not fast enough.
const MANY: u64 = 1000;

pub(super) async fn look(aws: &Aws) -> [Finding; 2] {
    const QUEUE: &str = "queue";
    const DEAD: &str = "dead letters";
    let queue = match waiting(aws, &aws.queue_url).await {
        Err(why) => Finding::ill(QUEUE, why),
        Ok(waiting) if waiting > MANY => Finding::ill(
            QUEUE,
            format!(
                "about {waiting} messages wait; see the log of publish-post, and raise the parameter PublishConcurrency if it keeps up no more"
            ),
        ),
        Ok(waiting) => Finding::well(QUEUE, format!("about {waiting} messages wait")),
    };
    let dead = match waiting(aws, &aws.dead_letters_url).await {
        Err(why) => Finding::ill(DEAD, why),
        Ok(0) => Finding::well(DEAD, "none"),
        Ok(dead) => Finding::ill(
            DEAD,
            format!("about {dead}; see the log of publish-post for what it failed on, mend that, then `admin redrive`"),
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
        .map_err(|error| format!("cannot be looked at ({}); see that you may use it", root(&error)))?;
    let count = answer.attributes().and_then(|all| all.get(&QueueAttributeName::ApproximateNumberOfMessages));
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
}
