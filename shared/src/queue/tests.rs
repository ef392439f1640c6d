use super::*;
use crate::{id::AgencyId, tenant::Mode};

fn message() -> Message {
    Message::new(Tenant { agency: AgencyId::random(), mode: Mode::Live }, PostId::random(), None)
}

const fn target(n: u8) -> TargetName {
    TargetName { platform: PlatformId::Bluesky, account: crate::id::AccountId::from_bytes([n; 16]) }
}

#[test]
fn a_message_contains_its_version_tenant_and_post() {
    let message = message();
    let json = serde_json::to_value(message).unwrap();
    let expected = serde_json::json!({ "v": 2, "tenant": message.tenant, "postId": message.post_id, "hops": 0 });
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<Message>(json).unwrap(), message);
}

#[test]
fn messages_of_a_chain_are_counted_and_end() {
    let mut message = message();
    for hop in 1..=MAX_HOPS {
        message = message.next(target(1)).unwrap();
        assert_eq!((message.hops, message.target), (hop, Some(target(1))));
    }
    assert_eq!(message.next(target(1)), None);
}

#[test]
fn each_platform_has_its_queue() {
    let urls = Urls { posts: "posts".into(), targets: BTreeMap::from([(PlatformId::Bluesky, "bluesky".into())]) };
    let of_target = Message { target: Some(target(1)), ..message() };
    assert_eq!((urls.of(&message()), urls.of(&of_target)), ("posts", "bluesky"));
}

#[test]
fn a_delay_is_rounded_up_to_seconds_so_that_no_message_arrives_early() {
    let seconds = |milliseconds| entry(0, &message(), Duration::from_millis(milliseconds)).delay_seconds;
    for (milliseconds, expected) in [(0, 0), (1, 1), (1000, 1), (1001, 2), (150_000, 150), (900_000, 900)] {
        assert_eq!(seconds(milliseconds), Some(expected), "{milliseconds}");
    }
    assert_eq!(seconds(900_001), Some(900), "SQS's maximum; the schedule announces the post again");
    let entry = entry(7, &message(), Duration::ZERO);
    assert_eq!(entry.id, "7");
    let tenant = serde_json::from_str::<Message>(&entry.message_body).unwrap().tenant;
    assert_eq!(entry.message_group_id, Some(tenant.to_string()));
    assert!(serde_json::from_str::<Message>(&entry.message_body).is_ok());
}

#[tokio::test]
async fn an_in_process_queue_takes_every_message_with_its_delay() {
    let taken = Arc::<std::sync::Mutex<Vec<_>>>::default();
    let queue = Queue::InProcess({
        let taken = Arc::clone(&taken);
        Arc::new(move |message, delay| taken.lock().unwrap().push((message, delay)))
    });
    let messages: Vec<_> = (0..25).map(|n| (message(), Duration::from_secs(n))).collect();
    queue.send_all(&messages).await.unwrap();
    assert_eq!(*taken.lock().unwrap(), messages);
}
