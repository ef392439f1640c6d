//! What a web page says of itself, for a link card: Open Graph, and what is left of it the page's own title and description.
//! <https://ogp.me>

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// The most characters that are kept.
const MAX_TITLE: usize = 300;
const MAX_DESCRIPTION: usize = 1000;
const MAX_ADDRESS: usize = crate::MAX_ENDPOINT;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) description: String,
    /// The address of a picture, which may be relative.
    pub(super) picture: Option<String>,
}

/// Reads a page in UTF-8. The first of several equal properties counts. Texts in another encoding count as absent.
pub(super) fn read(html: &[u8]) -> Page {
    let mut emitter = DefaultEmitter::default();
    // Tags in scripts and titles are text.
    emitter.naively_switch_states(true);
    let mut found = Found::default();
    let mut in_title = false;
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) if *tag.name == *b"title" => in_title = found.title.is_none(),
            Token::StartTag(tag) if *tag.name == *b"meta" => found.property(&tag),
            Token::String(text) if in_title => found.title = line(&text, MAX_TITLE),
            Token::EndTag(_) => in_title = false,
            _ => {}
        }
    }
    Page {
        title: found.og_title.or(found.title).unwrap_or_default(),
        description: found.og_description.or(found.description).unwrap_or_default(),
        picture: found.picture,
    }
}

#[derive(Default)]
struct Found {
    og_title: Option<String>,
    title: Option<String>,
    og_description: Option<String>,
    description: Option<String>,
    picture: Option<String>,
}

impl Found {
    fn property(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| &value.value);
        let Some(content) = attribute(b"content") else { return };
        // Open Graph uses `property`, HTML uses `name`, and pages mix them up.
        let names = [attribute(b"property"), attribute(b"name")];
        for name in names.into_iter().flatten() {
            let (place, most) = match name.to_ascii_lowercase().as_slice() {
                b"og:title" => (&mut self.og_title, MAX_TITLE),
                b"og:description" => (&mut self.og_description, MAX_DESCRIPTION),
                b"description" => (&mut self.description, MAX_DESCRIPTION),
                b"og:image" | b"og:image:url" | b"og:image:secure_url" => {
                    let address = line(content, MAX_ADDRESS + 1).filter(|address| address.len() <= MAX_ADDRESS);
                    self.picture = self.picture.take().or(address);
                    continue;
                }
                _ => continue,
            };
            if place.is_none() {
                *place = line(content, most);
            }
        }
    }
}

/// The text on one line, shortened; `None` if nothing is left.
fn line(text: &HtmlString, most: usize) -> Option<String> {
    let text = str::from_utf8(text).ok()?;
    let mut line = String::new();
    for word in text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((end, _)) = line.char_indices().nth(most) {
            line.truncate(end);
            break;
        }
    }
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(title: &str, description: &str, picture: Option<&str>) -> Page {
        Page { title: title.into(), description: description.into(), picture: picture.map(Into::into) }
    }

    #[test]
    fn open_graph_comes_before_the_pages_own_words() {
        let own = r#"<title>Own &amp; true</title><meta name="Description" content="Its words">"#;
        assert_eq!(read(own.as_bytes()), page("Own & true", "Its words", None));
        let graph = r#"<meta property="og:title" content="Shared"><meta name='og:description' content=Graph>
            <meta content="/a.jpg?x&amp;y" property="og:image"><meta property="og:image" content="/b.jpg">"#;
        assert_eq!(read([own, graph].concat().as_bytes()), page("Shared", "Graph", Some("/a.jpg?x&y")));
        assert_eq!(read([graph, own].concat().as_bytes()), page("Shared", "Graph", Some("/a.jpg?x&y")));
        let twice =
            r#"<meta property="og:title" content=" "><meta property="og:title" content="Second"><title>No</title>"#;
        assert_eq!(read(twice.as_bytes()).title, "Second", "an empty property is absent");
    }

    #[test]
    fn what_only_looks_like_a_tag_is_text() {
        let html = r#"<!-- <title>Comment</title> --><script>var a = "<title>Script</title>";</script>
            <style><title>Style</title></style><title>The <b>one</b></title><svg><title>Drawing</title></svg>"#;
        assert_eq!(read(html.as_bytes()), page("The <b>one</b>", "", None));
    }

    #[test]
    fn texts_are_one_line_and_short() {
        let of = |title: &str| read(format!("<title>{title}</title>").as_bytes()).title;
        assert_eq!(of(" a\n\n b&nbsp;\u{7}c "), "a b c");
        assert_eq!(of(&"é".repeat(400)).chars().count(), 300);
        assert_eq!(of(&"word ".repeat(100)).chars().count(), 300);
        let long = format!(r#"<meta property="og:image" content="https://a.example/{}">"#, "a".repeat(2048));
        assert_eq!(read(long.as_bytes()).picture, None);
        let long = format!(r#"<meta name="description" content="{}">"#, "a".repeat(2000));
        assert_eq!(read(long.as_bytes()).description.len(), 1000);
    }

    #[test]
    fn bytes_that_are_no_page_say_nothing() {
        for bytes in
            [&b""[..], b"\xFF\xFE<\0t\0", b"<title>\xE9</title>", b"<title>", b"<meta property=og:title", b"{}"]
        {
            assert_eq!(read(bytes), Page::default(), "{bytes:?}");
        }
    }
}
