//! The sandbox's own pages, its routing, and its answer to a fault.

use super::{World, accounts::usernames};
use crate::{host::LARGEST_BODY, networks};

async fn links_to_every_feed(key: &str) {
    let world = World::new().await;
    let page = world.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Nothing here is real."));
    for username in usernames(key) {
        let path = format!("/feed/{key}/{username}");
        assert!(page.body.contains(&format!(r#"href="{path}""#)), "{path}");
        assert_eq!(world.get(&path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_front_page_links_to_every_feed() {
    for key in ["x", "instagram", "tiktok", "bluesky"] {
        links_to_every_feed(key).await;
    }
}

#[tokio::test]
async fn every_page_forbids_scripts_framing_and_other_form_targets() {
    let world = World::new().await;
    for path in ["/", "/feed/x", "/feed/x/demo_shop", "/nowhere", "/x.com/i/oauth2/authorize"] {
        let page = world.get(path).await;
        let policy = page.header("content-security-policy");
        for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        let style = page.body.split("<style>").nth(1).unwrap();
        let style = style.split("</style>").next().unwrap();
        let hash = ring::digest::digest(&ring::digest::SHA256, style.as_bytes());
        let hash = data_encoding::BASE64.encode(hash.as_ref());
        assert!(policy.contains(&hash), "the policy allows the very style of {path}");
    }
}

#[tokio::test]
async fn pages_refuse_other_methods_and_unknown_paths() {
    let world = World::new().await;
    for path in [
        "/x.com/i/oauth2/authorize",
        "/www.instagram.com/oauth/authorize",
        "/www.tiktok.com/v2/auth/authorize/",
        "/oauth/authorize",
    ] {
        let put = http::Request::put(path).body(bytes::Bytes::new()).unwrap();
        assert_eq!(world.ask(put).await.unwrap().status, 405, "{path}");
        assert_eq!(world.get(&format!("{path}/more")).await.status, 404, "{path}");
    }
    for network in ["x", "instagram", "tiktok", "bluesky"] {
        let post = http::Request::post(format!("/feed/{network}")).body(bytes::Bytes::new()).unwrap();
        assert_eq!(world.ask(post).await.unwrap().status, 405, "{network}");
        for path in ["nobody", "nobody.json", "demo_shop/more"] {
            assert_eq!(world.get(&format!("/feed/{network}/{path}")).await.status, 404, "{network} {path}");
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_sandbox_is_a_500() {
    let world = World::new().await;
    world.drop_table().await;
    let reply = world.get("/feed/x").await;
    assert_eq!(reply.status, 500);
    assert!(reply.body.starts_with("The sandbox itself has failed."));
}

#[test]
fn every_host_and_key_belongs_to_one_network() {
    let hosts: Vec<&str> = networks::ALL.iter().flat_map(|it| it.spec().hosts).map(|host| host.name).collect();
    assert_eq!(hosts.len(), 14);
    for (at, network) in networks::ALL.iter().enumerate() {
        let spec = network.spec();
        assert!(networks::ALL[at + 1..].iter().all(|other| other.spec().key != spec.key), "{}", spec.key);
        for host in spec.hosts {
            assert_eq!(hosts.iter().filter(|name| **name == host.name).count(), 1, "{}", host.name);
            assert_eq!(networks::by_host(host.name).unwrap().spec().key, spec.key);
            assert!(host.largest_body <= LARGEST_BODY, "{}", host.name);
        }
    }
}
