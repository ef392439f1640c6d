// Attacks by addresses: server-side requests to this machine and to networks that are not public.
//
// No attack calls an address outside of this machine: the others are such that no system has a route to them. The guard's
// ranges are tested one by one in shared/src/net/guard/tests.rs.

import { json } from "./network.mjs";

const HTTPS = "https alone";
const PORT = "the default port";
const PUBLIC = "public addresses";
const LIST = "public SSRF lists (PayloadsAllTheThings, PortSwigger)";

/** Validates a post with a picture at this address, for an account that takes one: the answer's text. */
async function validate(w, url) {
  const agency = await w.agency();
  const { client, path } = await agency.invite(["instagram"]);
  await w.connect(path, "instagram", "demo_shop");
  const body = { clientId: client.id, content: "Hello", media: [{ url }], targets: { mode: "all" }, schedule: { type: "now" } };
  return (await agency.ask("POST", "/posts/validate", body)).text;
}

/** Whether the victim, who listens on this machine, gets a request for a picture at this host. */
const reached = (host, user = "") => async (w) => {
  const path = `/${Math.random()}`;
  await validate(w, `http://${user}${host}:${w.victim.port}${path}`);
  return w.victim.hits(path) > 0;
};

/** Whether a connection to this host, to which there is no route, is tried. */
const tried = (host) => async (w) => {
  const text = await validate(w, `https://${host}/a.jpg`);
  return text.includes("cannot be used: its server cannot be reached");
};

const local = (host, what) => ({
  name: `a picture at ${host}`, source: LIST, criterion: `A request reaches a server of this machine by ${what}.`,
  defence: [HTTPS, PORT, PUBLIC], run: reached(host),
});

const unrouted = (host, what) => ({
  name: `a picture at ${host}`, source: `${LIST}, IANA special-purpose registries`, criterion: `A connection to ${what} is tried.`,
  defence: PUBLIC, run: tried(host),
});

/** A server that the victim's address redirects from. Needs a world in which this machine counts as public. */
const redirected = (to) => async (w) => {
  const [from, path] = [`/${Math.random()}`, `/${Math.random()}`];
  w.victim.answers.set(from, { status: 302, headers: { location: to(w, path) } });
  await validate(w, w.victim.url + from);
  return w.victim.hits(path) > 0;
};

const PDS = "/.well-known/oauth-protected-resource";
const PAR = "/par";

/** What an authorization server of the AT Protocol says of itself. */
const metadata = (issuer, more) => json({
  issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`,
  pushed_authorization_request_endpoint: `${issuer}${PAR}`, response_types_supported: ["code"],
  grant_types_supported: ["authorization_code", "refresh_token"], code_challenge_methods_supported: ["S256"],
  token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
  token_endpoint_auth_signing_alg_values_supported: ["ES256"], dpop_signing_alg_values_supported: ["ES256"],
  scopes_supported: ["atproto"], authorization_response_iss_parameter_supported: true,
  require_pushed_authorization_requests: true, client_id_metadata_document_supported: true,
  require_request_uri_registration: true, ...more,
});

let count = 0;

/** A customer connects an account whose servers are the attacker's: `set` says what they answer. Whether `path` was called. */
const customer = (path, set) => async (w) => {
  const handle = `evil${String.fromCharCode(97 + (count++ % 26))}${"z".repeat(count / 26)}.test`;
  await set(w, handle);
  const before = w.victim.hits(path);
  const link = await (await w.agency({ mode: "live" })).invite(["bluesky"]);
  await w.press(link.path, "bluesky", { form: { handle } });
  return w.victim.hits(path) > before;
};

/** As a well-behaved server, but for what `more` changes in its metadata. */
const server = (more) => (w, handle) => {
  w.network.register(handle, w.victim.url);
  w.victim.answers.set(PDS, json({ resource: w.victim.url, authorization_servers: [w.victim.url] }));
  w.victim.answers.set("/.well-known/oauth-authorization-server", metadata(w.victim.url, more(w)));
};

const here = { allowLoopback: true };

export default [
  local("127.0.0.1", "its address"),
  local("2130706433", "its address as one number"),
  local("0x7f000001", "its address in hexadecimal"),
  local("017700000001", "its address in octal"),
  local("127.1", "its address, shortened"),
  local("0.0.0.0", "the address of all interfaces"),
  local("[::ffff:127.0.0.1]", "its address within IPv6"),
  local("①②⑦.0.0.1", "its address in other digits of Unicode"),
  {
    name: "a picture at localhost", source: LIST, criterion: "A request reaches a server of this machine by its name.",
    defence: [HTTPS, PORT, "public names", "resolved addresses"], run: reached("localhost"),
  },
  {
    name: "a picture at LOCALHOST with a user", source: LIST,
    criterion: "A request reaches a server of this machine by an address that begins like another.",
    defence: [HTTPS, PORT, "no user in an address", PUBLIC], run: reached("127.0.0.1", "example.com@"),
  },
  unrouted("255.255.255.255", "the broadcast address"),
  unrouted("224.0.0.1", "a multicast address"),
  unrouted("[fe80::1]", "a link-local address"),
  unrouted("[ff02::1]", "a multicast address of IPv6"),
  {
    name: "a redirect to this machine by an address within IPv6", source: "PortSwigger, SSRF by open redirection",
    criterion: "A redirect of a public server leads to an address that would be refused by itself.",
    defence: "redirects are checked", options: here,
    run: redirected((w, path) => `http://[::ffff:127.0.0.1]:${w.victim.port}${path}`),
  },
  {
    name: "a redirect with a user", source: "PortSwigger, SSRF by open redirection",
    criterion: "A redirect of a public server brings a user name along.",
    defence: "redirects are checked", options: here,
    run: redirected((w, path) => `http://user:password@127.0.0.1:${w.victim.port}${path}`),
  },
  {
    name: "a redirect without end", source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "More than ten redirects are followed.",
    defence: "three redirects", options: here,
    async run(w) {
      // Each address is asked once, so they all differ.
      const chain = Array.from({ length: 50 }, (_, n) => `/${n}/${Math.random()}`);
      chain.forEach((path, n) => w.victim.answers.set(path, { status: 302, headers: { location: chain[n + 1] ?? "/end" } }));
      await validate(w, w.victim.url + chain[0]);
      return chain.filter((path) => w.victim.hits(path) > 0).length > 10;
    },
  },
  {
    name: "a document names a server on this machine", source: "OWASP API7:2023, server-side request forgery",
    criterion: "The server in a stranger's DID document, which is on this machine, is called.",
    defence: [HTTPS, PORT, PUBLIC],
    run: customer(PDS, (w, handle) => w.network.register(handle, w.victim.url)),
  },
  {
    name: "a server names an authorization server that is not its own", source: "RFC 8414 §3.3",
    criterion: "Metadata of another issuer is used.",
    defence: "the issuer in its own metadata", options: here,
    run: customer(PAR, server(() => ({ issuer: "https://other.example" }))),
  },
  {
    name: "an authorization server names an endpoint elsewhere", source: "RFC 9700 §4.4, mix-up by metadata",
    criterion: "What belongs to one server is sent to an endpoint of another.",
    defence: "an issuer's endpoints at its own origin", options: here,
    run: customer(PAR, server((w) => ({ pushed_authorization_request_endpoint: `http://localhost:${w.victim.port}${PAR}` }))),
  },
  {
    name: "an authorization server names a long endpoint", source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "An endpoint of five thousand characters is called.",
    defence: "2,048 characters for an endpoint", options: here,
    run: customer(PAR, server((w) => ({ pushed_authorization_request_endpoint: `${w.victim.url}${PAR}?${"a".repeat(5000)}` }))),
  },
  {
    name: "a document is of another account", source: "AT Protocol, DID resolution",
    criterion: "A document with another id is used.",
    defence: "the DID in its own document", options: here,
    run: customer(PDS, (w, handle) => {
      const did = w.network.register(handle, w.victim.url);
      const document = JSON.parse(w.network.answers.get(`/${did}`).body);
      w.network.answers.set(`/${did}`, json({ ...document, id: "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa" }));
    }),
  },
  {
    name: "a handle points to somebody else's account", source: "AT Protocol, handle resolution",
    criterion: "A handle whose account does not claim it is used.",
    defence: "a handle that its document claims", options: here,
    run: customer(PDS, (w, handle) => {
      const did = w.network.register(handle, w.victim.url);
      const document = JSON.parse(w.network.answers.get(`/${did}`).body);
      w.network.answers.set(`/${did}`, json({ ...document, alsoKnownAs: ["at://somebody.test"] }));
    }),
  },
  {
    name: "a document of 3 MB", source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "An answer of more than 1 MB is read.",
    defence: "1 MB of an answer", options: here,
    run: customer(PDS, (w, handle) => {
      const did = w.network.register(handle, w.victim.url);
      const document = JSON.parse(w.network.answers.get(`/${did}`).body);
      w.network.answers.set(`/${did}`, json({ ...document, more: "a".repeat(3_000_000) }));
    }),
  },
];
