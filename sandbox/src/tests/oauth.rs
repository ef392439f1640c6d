//! What no request alone can show: a grant that ends while it is being used.

use super::{World, world::ELSEWHERE};
use crate::{
    account::Account,
    oauth::{
        Refresh, Refused, Terms, Tokens,
        authorize::Asking,
        code::{self, Exchange},
        grant,
    },
    x::X,
};

async fn granted(world: &World) -> Tokens {
    let app = &world.sandbox.config.apps[0];
    let asking = Asking { app, redirect_uri: ELSEWHERE, state: "s", scopes: Vec::new(), challenge: None };
    let account = Account::<X>::by_username("demo_shop").unwrap();
    let code = code::issue::<X>(&world.sandbox, &asking, account.id, "offline.access").await.unwrap();
    let exchange = Exchange { client_id: &app.client_id, code: &code, redirect_uri: ELSEWHERE, verifier: None };
    code::redeem::<X>(&world.sandbox, &exchange).await.unwrap().ok().unwrap()
}

#[tokio::test]
async fn a_grant_that_was_ended_meanwhile_is_not_extended() {
    let world = World::new().await;
    let tokens = granted(&world).await;
    let known = grant::find::<X>(&world.sandbox, &tokens.access).await.unwrap().unwrap();
    let terms = Terms { access: 60, refresh: Refresh::None };
    let extend = async || grant::extend::<X>(&world.sandbox, &known, &terms, world.now()).await.unwrap();
    assert!(extend().await.is_ok());
    grant::kill::<X>(&world.sandbox, &known.id).await.unwrap();
    assert_eq!(extend().await.err(), Some(Refused::Withdrawn));
}
