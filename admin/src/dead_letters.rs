//! `redrive`: moves dead letters, messages that failed repeatedly, back into their queues. No post depends on it, because the
//! schedule finds due work without a message; it shows whether the cause of the failures is fixed.

use aws_sdk_sqs::types::QueueAttributeName;

use crate::{
    Sentence,
    deployed::{Deployed, Place},
    print,
};

pub(crate) async fn redrive(deployed: &Deployed) -> Result<(), Sentence> {
    let Place::Aws(aws) = &deployed.place else {
        return Err("A local deployment has no dead letters: its queues are in its process.".into());
    };
    let failed = |what: &str, error: &dyn std::error::Error| {
        format!("{what}: {}. Check your permissions for the queues.", super::root(error))
    };
    let url = &aws.dead_letters_url;
    let attributes = aws
        .queue
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::QueueArn)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
        .send()
        .await
        .map_err(|error| failed("The dead letters cannot be counted", &error))?
        .attributes
        .unwrap_or_default();
    let waiting = attributes.get(&QueueAttributeName::ApproximateNumberOfMessages).map_or("0", String::as_str);
    if waiting == "0" {
        return print::line("There are no dead letters.");
    }
    // Without a destination, messages return to their source queue.
    aws.queue
        .start_message_move_task()
        .source_arn(attributes.get(&QueueAttributeName::QueueArn).cloned().unwrap_or_default())
        .send()
        .await
        .map_err(|error| failed("The dead letters cannot be moved", &error))?;
    print::line(format_args!(
        "About {waiting} messages are moved back into their queues. `doctor` shows how many are left."
    ))
}
