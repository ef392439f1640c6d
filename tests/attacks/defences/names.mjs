// Names and pictures that people see.

const NAME = "shared/src/name.rs";
const LOGO = "shared/src/agency/logo.rs";
const PAGE = "functions/redeem-invite/src/page/name.rs";

export default {
  "no invisible characters in names": {
    edits: [[NAME, "name.chars().find(|c| is_invisible(*c))", "name.chars().find(|c| !OFF && is_invisible(*c))"]],
    alone: "Pages drop the characters that change the direction of text, and control characters; the rest has no second filter, because a page cannot tell a person what it removed.",
  },
  "no marks of direction on pages": {
    edits: [[PAGE, "            !c.is_control()\n", "            OFF || !c.is_control()\n"]],
  },
  "no idle joiners in names": {
    edits: [[NAME, "    Ok(without_idle_joiners(&name))", "    Ok(if OFF { name } else { without_idle_joiners(&name) })"]],
    alone: "An agency would confuse its own clients.",
  },
  "names in NFC": {
    edits: [[NAME, "    let name: String = text.trim().nfc().collect();", "    let name: String = if OFF { text.trim().to_owned() } else { text.trim().nfc().collect() };"]],
    alone: "An agency would confuse its own clients.",
  },
  "the length of names": {
    edits: [[NAME, "    if name.chars().count() > max {", "    if !OFF && name.chars().count() > max {"]],
    alone: "The body's 256 KB are the next limit.",
  },
  "names are escaped": {
    edits: [[PAGE, "    html! { bdi { (plain(name)) } }", "    if OFF {\n        return html! { bdi { (maud::PreEscaped(plain(name))) } };\n    }\n    html! { bdi { (plain(name)) } }"]],
  },
  "a policy without scripts": {
    edits: [["shared/src/frame/mod.rs", "         base-uri 'none'\"\n    )\n", `         base-uri 'none'"
    )
    .replace(if OFF { "default-src 'none'" } else { "\\0" }, "default-src 'unsafe-inline'")
    .replace(if OFF("a policy for forms") { "form-action 'self'" } else { "\\0" }, "form-action *")
    .replace(if OFF("a policy for pictures") { "img-src 'self'" } else { "\\0" }, "img-src *")
    .replace(if OFF("a policy for addresses") { "base-uri 'none'" } else { "\\0" }, "base-uri *")
    .replace(if OFF("frame-ancestors in the policy") { "frame-ancestors 'none'" } else { "\\0" }, "frame-ancestors *")
`]],
  },
  "a policy for forms": { edits: [] },
  "a policy for pictures": { edits: [] },
  "a policy for addresses": { edits: [] },
  "a whole image": {
    edits: [[LOGO, "        if !format.is_whole(&bytes) {", "        if !OFF && !format.is_whole(&bytes) {"]],
  },
  "an image with a size": {
    edits: [[LOGO, "imagesize::blob_size(&bytes).map_err(|_| \"must be an image whose size can be read\")?;", "imagesize::blob_size(&bytes).or_else(|_| if OFF { Ok(imagesize::ImageSize { width: 1, height: 1 }) } else { Err(\"must be an image whose size can be read\") })?;"]],
  },
  "a policy for logos": {
    edits: [["functions/redeem-invite/src/logo.rs", "        .with(header::CONTENT_SECURITY_POLICY, \"default-src 'none'\")", "        .with(header::CONTENT_SECURITY_POLICY, if OFF { \"\\n\" } else { \"default-src 'none'\" })"]],
  },
  "the pixels of a logo": {
    edits: [[LOGO, "        if !side.contains(&size.width)", "        if !OFF && !side.contains(&size.width)"],
      [LOGO, "|| !side.contains(&size.height) {", "|| !OFF && !side.contains(&size.height) {"]],
    alone: "Browsers refuse pictures that they cannot hold.",
  },
  "100 KiB for a logo": {
    edits: [[LOGO, "        if bytes.len() > Self::MAX {", "        if !OFF && bytes.len() > Self::MAX {"]],
    alone: "The body's 256 KB are the next limit.",
  },
};
