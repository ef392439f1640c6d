//! Refused changes: the rule of each field, all faults in one answer, and no partial change.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{JPEG, PNG, agency, patch};
use crate::world::World;

/// The paths of the faults in the answer to this body.
async fn faults(world: &World, body: &Value) -> Vec<String> {
    let answer = world.ask(patch(body).key(&world.key)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, "validation_failed"), "{body}: {}", answer.text);
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_answer_names_every_faulty_field_and_nothing_is_changed() {
    let world = World::new().await;
    let before = agency(&world, &world.key).await;
    let body = json!({
        "name": null, "color": "red", "logo": "https://example.com/logo.png",
        "returnUrls": ["https://good.example/", "http://bad.example/", 5, "https://good.example"],
        "limits": { "readsPerHour": 1 },
    });
    let paths = ["name", "color", "logo", "returnUrls[1]", "returnUrls[2]", "returnUrls[3]", "limits"];
    assert_eq!(faults(&world, &body).await, paths);
    for good in ["name", "color", "logo", "returnUrls"] {
        let mut body = super::all();
        body["extra"] = json!(1);
        body[good] = json!(1);
        assert_eq!(faults(&world, &body).await, [good, "extra"], "valid fields are not reported beside faulty ones");
    }
    assert_eq!(agency(&world, &world.key).await, before);
    for body in [json!([]), json!("name"), Value::Null] {
        assert_eq!(faults(&world, &body).await, [""]);
    }
}

#[tokio::test]
async fn a_name_is_1_to_200_characters_without_control_or_direction_characters() {
    let world = World::new().await;
    for name in [
        json!(""),
        json!(" \t\u{a0} "),
        json!("a".repeat(201)),
        json!("A\u{0}B"),
        json!("A\nB"),
        json!("A\u{85}B"),
        json!("gnp.\u{202e}evil"),
        json!("\u{2066}A\u{2069}"),
        json!("A\u{200f}"),
        json!("A\u{2028}B"),
        json!(5),
        Value::Null,
        json!(["A"]),
    ] {
        assert_eq!(faults(&world, &json!({ "name": name })).await, ["name"], "{name}");
    }
    for name in ["וכנות", "وكالة الإعلان", "<b>Acme</b> & \"Söhne\"", &"é".repeat(200)] {
        assert_eq!(super::change(&world, &world.key, json!({ "name": name })).await["name"], name);
    }
}

#[tokio::test]
async fn a_color_is_six_hexadecimal_digits() {
    let world = World::new().await;
    for color in ["", "#fff", "0b5fd9", "#0b5fd9ff", "#0b5fdg", "red", "#0b5fd9;}body{x", "url(//evil)"] {
        assert_eq!(faults(&world, &json!({ "color": color })).await, ["color"], "{color}");
    }
    for color in [json!(0), json!({}), json!(false)] {
        assert_eq!(faults(&world, &json!({ "color": color })).await, ["color"]);
    }
}

#[tokio::test]
async fn return_urls_are_at_most_ten_https_urls() {
    let world = World::new().await;
    let urls = |count: usize| json!((0..count).map(|n| format!("https://{n}.example/")).collect::<Vec<_>>());
    assert_eq!(faults(&world, &json!({ "returnUrls": urls(11) })).await, ["returnUrls"]);
    assert_eq!(faults(&world, &json!({ "returnUrls": "https://a.example/" })).await, ["returnUrls"]);
    let ten = urls(10);
    assert_eq!(super::change(&world, &world.key, json!({ "returnUrls": ten })).await["returnUrls"], ten);
    for url in [
        "",
        "app.example.com",
        "/connected",
        "//app.example.com/",
        "http://app.example.com/",
        "https:app.example.com",
        "https:\\\\app.example.com",
        "https://user@app.example.com/",
        "https://app.example.com/#done",
        "https://app.example.com\t/",
        "javascript:alert(1)",
    ] {
        assert_eq!(faults(&world, &json!({ "returnUrls": [url] })).await, ["returnUrls[0]"], "{url}");
    }
}

#[tokio::test]
async fn a_logo_is_a_complete_small_raster_image() {
    let world = World::new().await;
    let png = BASE64.decode(PNG.as_bytes()).unwrap();
    let data = |kind: &str, bytes: &[u8]| json!(format!("data:image/{kind};base64,{}", BASE64.encode(bytes)));
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".as_slice();
    let wide = [&png[..16], &[0, 0, 0x07, 0xd1], &png[20..]].concat();
    let large = [JPEG.to_vec(), vec![0; 100 * 1024 - JPEG.len() - 1], vec![0xff, 0xd9]].concat();
    for (what, logo) in [
        ("an SVG", data("svg+xml", svg)),
        ("an SVG called a PNG", data("png", svg)),
        ("a page called a PNG", data("png", b"<!doctype html><script>alert(1)</script>")),
        ("a GIF", data("gif", b"GIF89a\x01\0\x01\0\0\0\0;")),
        ("a PNG called a JPEG", data("jpeg", &png)),
        ("a JPEG called a WebP", data("webp", JPEG)),
        ("a page behind a PNG", data("png", &[&png, svg].concat())),
        ("a page before a PNG", data("png", &[svg, &png].concat())),
        ("a PNG cut off", data("png", &png[..png.len() - 1])),
        ("a PNG's header alone", data("png", &png[..24])),
        ("2001 pixels", data("png", &wide)),
        ("100 KiB and one byte", data("jpeg", &large)),
        ("no base64", json!("data:image/png;base64,%89PNG")),
        ("an address", json!("https://example.com/logo.png")),
        ("nothing", json!("")),
        ("a list", json!([1])),
    ] {
        assert_eq!(faults(&world, &json!({ "logo": logo })).await, ["logo"], "{what}");
    }
    assert_eq!(agency(&world, &world.key).await["logo"], Value::Null);
    // The largest logo fits into the body limit.
    let largest = [JPEG.to_vec(), vec![0; 100 * 1024 - JPEG.len() - 2], vec![0xff, 0xd9]].concat();
    let taken = super::change(&world, &world.key, json!({ "logo": data("jpeg", &largest) })).await;
    assert_eq!(taken["logo"], json!({ "contentType": "image/jpeg", "bytes": 102_400, "width": 7, "height": 5 }));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let world = World::new().await;
    let ask = |body: &str| patch(&json!({})).key(&world.key).body(body);
    for (answer, status) in [
        (world.ask(ask("{")).await, 400),
        (world.ask(ask("{}").header("content-type", "text/plain")).await, 415),
        (world.ask(ask(&format!("{{\"logo\":\"{}\"}}", "A".repeat(256 * 1024)))).await, 413),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}
