//! The SDK repeats a write whose answer was lost. The write that uses an attempt up then meets its own item.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextMut,
        retry::RetryConfig,
    },
    error::BoxError,
};
use shared::{id::AttemptId, store::Store};

use crate::world::World;

/// Replaces the first answer by a server's error.
#[derive(Debug, Default)]
struct FirstAnswerLost(AtomicBool);

impl Intercept for FirstAnswerLost {
    fn name(&self) -> &'static str {
        "first answer lost"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if !self.0.swap(true, Ordering::Relaxed) {
            *context.response_mut().status_mut() = 500.try_into()?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn an_attempt_is_used_once_even_if_the_answer_of_the_store_is_lost() {
    let world = World::new().await;
    let retries = RetryConfig::standard().with_initial_backoff(Duration::ZERO);
    let config = world.engine.client.config().to_builder().interceptor(FirstAnswerLost::default());
    let client = Client::from_conf(config.retry_config(retries).build());
    let store = Store::new(client, "main".into(), world.clock.clock());
    let attempt = AttemptId::random();
    assert!(store.use_attempt(attempt, world.now()).await.unwrap(), "it was this call that used it");
    assert!(!store.use_attempt(attempt, world.now()).await.unwrap());
}
