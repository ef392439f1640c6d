//! Comments of an account on its own posts.

use super::{SCOPES, Shop, World, failure, text};
use crate::tests::Received;

const COMMENT: &str = "instagram_business_manage_comments";

impl Shop<'_> {
    /// The answer; `None` if it is lost.
    async fn comment(&self, id: &str, fields: &[(&str, &str)]) -> Option<Received> {
        self.world.submit(&format!("/graph.instagram.com/v25.0/{id}/comments"), Some(&self.token), fields).await
    }
}

#[tokio::test]
async fn a_post_is_commented_by_its_account_with_the_permission() {
    let world = World::new().await;
    let shop = world.shop_with("demo_shop", &format!("{SCOPES},{COMMENT}")).await;
    let id = text(&shop.post("hello").await.unwrap().json(), "id");
    let reply = shop.comment(&id, &[("message", "#first")]).await.unwrap();
    let listed = shop.get(&format!("{id}/comments?fields=id,text")).await.json();
    assert_eq!(listed["data"][0]["id"], reply.json()["id"]);
    assert_eq!(listed["data"][0]["text"], "#first");
    assert_eq!(world.posts("instagram", "demo_shop").await[0]["comments"][0]["text"], "#first");
    assert_eq!(failure(&shop.comment(&id, &[]).await.unwrap()), (100, None));
    assert_eq!(failure(&shop.comment("18000000000000000", &[("message", "a")]).await.unwrap()), (100, Some(33)));
    let without = world.shop("demo_shop").await;
    assert_eq!(failure(&without.comment(&id, &[("message", "a")]).await.unwrap()), (10, None));
    let cafe = world.shop_with("demo_cafe", &format!("{SCOPES},{COMMENT}")).await;
    assert_eq!(failure(&cafe.comment(&id, &[("message", "a")]).await.unwrap()), (100, Some(33)));
}

#[tokio::test]
async fn some_accounts_refuse_comments_or_lose_the_answer() {
    let world = World::new().await;
    for (username, lost, stored) in [("comment_refused", false, 0), ("comment_lost", true, 1)] {
        let shop = world.shop_with(username, &format!("{SCOPES},{COMMENT}")).await;
        let id = text(&shop.post("hello").await.unwrap().json(), "id");
        let reply = shop.comment(&id, &[("message", "first")]).await;
        assert_eq!(reply.is_none(), lost, "{username}");
        let listed = shop.get(&format!("{id}/comments")).await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), stored, "{username}");
    }
}

#[tokio::test]
async fn a_customer_may_withhold_what_is_optional() {
    let world = World::new().await;
    let scopes = format!("{SCOPES},{COMMENT}");
    let mut fields = super::asking();
    fields.retain(|(name, _)| *name != "scope");
    let (comment, basic) = (format!("withhold:{COMMENT}"), "withhold:instagram_business_basic");
    fields.extend([("scope", scopes.as_str()), ("account", "demo_shop"), (&comment, "1"), (basic, "1")]);
    let code = world.consent(super::AUTHORIZE, &fields).await.sent_back("code").unwrap();
    let reply = world.spend(&super::exchanging(&code)).await.json();
    assert_eq!(text(&reply["data"][0], "permissions"), SCOPES);
}
