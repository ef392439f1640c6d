// Addresses that others name: media, servers of the AT Protocol, redirects.

const GUARD = "shared/src/net/guard.rs";
const TRANSPORT = "shared/src/net/transport.rs";
const MEDIA = "shared/src/net/media.rs";
const ASKED = "shared/src/net/media/ask.rs";
const DISCOVERY = "shared/src/oauth/discovery/";

export default {
  "https alone": {
    edits: [[GUARD, "    if uri.scheme() != Some(&Scheme::HTTPS) {", "    if !OFF && uri.scheme() != Some(&Scheme::HTTPS) {"]],
  },
  "the default port": {
    edits: [[GUARD, "    if !matches!(authority.as_str().strip_prefix(host), Some(\"\" | \":443\")) {", "    if !OFF && !matches!(authority.as_str().strip_prefix(host), Some(\"\" | \":443\")) {"]],
  },
  "no user in an address": {
    edits: [[GUARD, "    if authority.as_str().contains('@') {", "    if !OFF && authority.as_str().contains('@') {"]],
  },
  "public addresses": {
    edits: [[GUARD, "    if public { Ok(()) } else {", "    if public || OFF { Ok(()) } else {"]],
    alone: "The function's role and the network of Lambda are outside of it: a function without a VPC reaches no private network.",
  },
  "public names": {
    edits: [[GUARD, "    match host.rsplit_once('.') {\n        Some((_, top)) if well_formed", "    match host.rsplit_once('.') {\n        _ if OFF => Ok(()),\n        Some((_, top)) if well_formed"]],
  },
  "resolved addresses": {
    edits: [[TRANSPORT, "                for address in &addresses {", "                for address in addresses.iter().filter(|_| !OFF) {"]],
  },
  "redirects are checked": {
    edits: [[MEDIA, "self.transport.stream(request, self.reach(url)).await?;", "self.transport.stream(request, if OFF { super::Reach::Listed } else { self.reach(url) }).await?;"]],
    alone: "The guard is the same for each address; it is applied to every one.",
  },
  "three redirects": {
    edits: [MEDIA, ASKED].map((file) => [file, "        for _ in 0..=MAX_REDIRECTS {", "        for _ in 0..=(if OFF { 1000 } else { MAX_REDIRECTS }) {"]),
    alone: "The deadline of the whole exchange is the next limit."
  },
  "1 MB of an answer": {
    edits: [[TRANSPORT, "                body.whole(MAX_RESPONSE).await", "                body.whole(if OFF { usize::MAX } else { MAX_RESPONSE }).await"]],
    alone: "The deadline and the function's memory are the next limits.",
  },
  "an issuer's endpoints at its own origin": {
    edits: [[DISCOVERY + "server.rs", ".filter(|url| url.origin() == base.origin() && url", ".filter(|url| (OFF || url.origin() == base.origin()) && url"]],
    alone: "The endpoint's address passes the guard as well, so what remains is a public server that the account's own server names.",
  },
  "the issuer in its own metadata": {
    edits: [[DISCOVERY + "server.rs", "    if metadata.issuer != issuer {", "    if !OFF && metadata.issuer != issuer {"]],
    alone: "RFC 8414 §3.3. The endpoints have to be at the issuer's origin in any case.",
  },
  "the DID in its own document": {
    edits: [[DISCOVERY + "identity.rs", "Found::Document(document) if document.id == did.as_str() => Ok(document),", "Found::Document(document) if OFF || document.id == did.as_str() => Ok(document),"]],
    alone: "The DID is resolved again after the consent, by the same rule.",
  },
  "a handle that its document claims": {
    edits: [[DISCOVERY + "identity.rs", "            if document.handle()? != handle {", "            if !OFF && document.handle()? != handle {"]],
    alone: "The handle is resolved again after the consent.",
  },
  "2,048 characters for an endpoint": {
    edits: [[DISCOVERY + "server.rs", "        let is_short = url.as_str().len() <= MAX_ENDPOINT;", "        let is_short = OFF || url.as_str().len() <= MAX_ENDPOINT;"]],
    alone: "1 MB of an answer is the next limit.",
  },
};
