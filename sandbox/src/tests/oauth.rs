//! A grant that is revoked while its token is being exchanged. No sequence of requests can produce this.

use super::{World, accounts::spec, world::ELSEWHERE};
use crate::oauth::{
    AuthorizationRequest, Lifetimes, RefreshLifetime, TokenPolicy,
    code::{self, CodeExchange},
    grant,
    token::{self, TokenError, Tokens},
};

const LIFETIMES: Lifetimes = Lifetimes { access: 60, refresh: RefreshLifetime::NotIssued };

async fn granted(world: &World, policy: &TokenPolicy) -> Tokens {
    let context = &world.sandbox.context;
    let app = &context.apps[0];
    let request =
        AuthorizationRequest { app, redirect_uri: ELSEWHERE, state: "s", scopes: Vec::new(), challenge: None };
    let account = policy.spec.account_by_username("demo_shop").unwrap();
    let code = code::issue(context, policy, &request, account.id, "offline.access").await.unwrap();
    let exchange = CodeExchange { client_id: &app.client_id, code: &code, redirect_uri: ELSEWHERE, verifier: None };
    code::exchange(context, policy, &exchange).await.unwrap().ok().unwrap()
}

#[tokio::test]
async fn a_revoked_grant_gives_no_further_tokens() {
    let world = World::new().await;
    let context = &world.sandbox.context;
    let spec = spec("x");
    let policy = TokenPolicy { spec, code_lifetime: 60, lifetimes: |_| LIFETIMES };
    let tokens = granted(&world, &policy).await;
    let issued = token::find(context, spec, &tokens.access).await.unwrap().unwrap();
    let another = async || token::issue_another(context, spec, &issued, &LIFETIMES, world.now()).await.unwrap();
    assert!(another().await.is_ok());
    grant::revoke(context, spec, &issued.grant_id).await.unwrap();
    assert_eq!(another().await.err(), Some(TokenError::Revoked));
}
