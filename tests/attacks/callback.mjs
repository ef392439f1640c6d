// Attacks on the way back from a network: codes and states of others, and being sent on to another site.

import { openState, sealState } from "./state.mjs";

/** The victim agrees at the address that the attacker was given; the victim's browser comes back with these cookies. */
const inAnotherBrowser = (platform, username, cookies) => async (w) => {
  const agency = await w.agency();
  const { client, path } = await agency.invite([platform]);
  const attempt = await w.press(path, platform, { form: platform === "bluesky" ? { handle: username } : undefined });
  const back = await w.consent(attempt.consent, username);
  await w.back(back, cookies && (await cookies(w, path, attempt)));
  return w.has(agency, client, username);
};

/** Connects after the callback's address was changed. */
const withCallback = (platform, username, change) => async (w) => {
  const agency = await w.agency();
  const { client, path } = await agency.invite([platform]);
  const attempt = await w.press(path, platform, { form: platform === "bluesky" ? { handle: username } : undefined });
  const url = await w.consent(attempt.consent, username);
  await w.back((await change(url, w, attempt)) ?? url, attempt.cookie);
  return w.has(agency, client, username);
};

const cookieLine = async (w) => {
  const { path } = await (await w.agency()).invite();
  return (await w.press(path, "x")).headers["set-cookie"][0];
};

const RETURN = ["return URLs on the list, when a link is made", "return URLs on the list, when the customer is sent on"];

/** Whether a customer is sent to this return URL, which is not on the list `listed`. */
const sentOnTo = (returnUrl, listed) => async (w) => {
  const agency = await w.agency();
  await agency.must("PATCH", "/agency", { returnUrls: listed });
  const client = await agency.client();
  const minted = await agency.ask("POST", `/clients/${client.id}/connect-invites`, { platforms: ["x"], returnUrl });
  if (minted.status !== 201) return false;
  const back = await w.connect(new URL(minted.json.data.url).pathname, "x", "demo_shop");
  return Boolean(back.headers.location?.startsWith(returnUrl));
};

const listed = (url) => async (w) => (await (await w.agency()).ask("PATCH", "/agency", { returnUrls: [url] })).status === 200;

export default [
  {
    name: "a victim agrees to an attacker's attempt",
    source: "RFC 9700 §4.7, cross-site request forgery",
    criterion: "The account of a victim, who opened the network's page from an attacker's message, is connected to the attacker's link.",
    defence: ["the cookie of an attempt", "a verifier from the cookie"],
    run: inAnotherBrowser("x", "demo_shop"),
  },
  {
    name: "a victim agrees to an attacker's attempt on Bluesky",
    source: "RFC 9700 §4.7, cross-site request forgery",
    criterion: "As before, on a network with PAR and DPoP.",
    defence: ["the cookie of an attempt", "a verifier from the cookie"],
    run: inAnotherBrowser("bluesky", "demo-shop.test"),
  },
  {
    name: "a victim agrees to an attacker's attempt on Instagram",
    source: "RFC 9700 §4.7, cross-site request forgery",
    criterion: "As before, on a network without PKCE.",
    defence: "the cookie of an attempt",
    run: inAnotherBrowser("instagram", "demo_shop"),
  },
  {
    name: "a victim agrees to an attacker's attempt on TikTok",
    source: "RFC 9700 §4.7, cross-site request forgery",
    criterion: "As before, on a network without PKCE.",
    defence: "the cookie of an attempt",
    run: inAnotherBrowser("tiktok", "demo_shop"),
  },
  {
    name: "the cookie of another attempt is sent",
    source: "PortSwigger, CSRF tokens that are not tied to the session",
    criterion: "A browser that has a cookie of an attempt of its own finishes the attempt of another browser.",
    defence: ["the cookie of an attempt", "a verifier from the cookie"],
    run: inAnotherBrowser("x", "demo_shop", async (w, path, attempt) => {
      const own = await w.press(path, "x");
      return `${attempt.cookie.split("=")[0]}=${own.cookie.split("=")[1]}`;
    }),
  },
  {
    name: "a stolen code is used in the attacker's own attempt",
    source: "RFC 9700 §4.5, authorization code injection",
    criterion: "A code that the network issued for the victim's attempt connects the victim's account to the attacker's link.",
    defence: "PKCE",
    async run(w) {
      const [victim, attacker] = [await w.agency(), await w.agency()];
      const stolen = await w.press((await victim.invite()).path, "x");
      const code = (await w.consent(stolen.consent, "demo_shop")).searchParams.get("code");
      const { client, path } = await attacker.invite();
      const attempt = await w.press(path, "x");
      const own = await w.consent(attempt.consent, "demo_cafe");
      own.searchParams.set("code", code);
      await w.back(own, attempt.cookie);
      return w.has(attacker, client, "demo_shop");
    },
  },
  {
    name: "a state is used twice",
    source: "RFC 9700 §2.1, one-time use of state",
    criterion: "A second code with the state and the cookie of a finished attempt is exchanged.",
    defence: "an attempt is used once",
    async run(w) {
      const { path } = await (await w.agency()).invite();
      const attempt = await w.press(path, "x");
      const [first, second] = [await w.consent(attempt.consent, "demo_shop"), await w.consent(attempt.consent, "demo_shop")];
      await w.back(first, attempt.cookie);
      return (await w.back(second, attempt.cookie)).status === 303;
    },
  },
  {
    name: "a state is used after its ten minutes",
    source: "RFC 9700 §4.5.3, limits of replay",
    criterion: "An attempt that was started more than ten minutes ago connects an account.",
    defence: "the ten minutes of an attempt",
    run: withCallback("x", "demo_shop", (url, w) => {
      const state = openState(w.linkSecret, url.searchParams.get("state"));
      url.searchParams.set("state", sealState(w.linkSecret, { ...state, e: Math.floor(Date.now() / 1000) - 1 }));
    }),
  },
  {
    name: "a state comes back to another network's callback",
    source: "RFC 9700 §4.4, mix-up, distinct redirect URIs",
    criterion: "The state of an attempt at X is accepted at the callback of Instagram.",
    defence: "a state for one network",
    run: withCallback("x", "demo_shop", (url) => void (url.pathname = "/connect/instagram/callback")),
  },
  {
    name: "an answer names another issuer",
    source: "RFC 9207 §2.4, mix-up",
    criterion: "An answer whose `iss` is the attacker's server connects an account.",
    defence: "the issuer of an answer",
    run: withCallback("bluesky", "demo-shop.test", (url) => url.searchParams.set("iss", "https://evil.example")),
  },
  {
    name: "an answer names no issuer",
    source: "RFC 9207 §2.4, mix-up by a server without the parameter",
    criterion: "An answer without `iss` connects an account at a network that has to send it.",
    defence: "the issuer of an answer",
    run: withCallback("bluesky", "demo-shop.test", (url) => url.searchParams.delete("iss")),
  },
  {
    name: "a state is made up",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "Somebody who knows an invite's id makes a state for it, without having its link.",
    defence: "the seal of a state",
    run: withCallback("x", "demo_shop", (url, w) => {
      const plain = JSON.stringify(openState(w.linkSecret, url.searchParams.get("state")));
      url.searchParams.set("state", Buffer.concat([Buffer.from([1]), Buffer.from(plain)]).toString("base64url"));
    }),
  },
  {
    name: "a script reads the cookie of an attempt",
    source: "OWASP WSTG-SESS-02, cookie attributes",
    criterion: "The cookie lacks `HttpOnly`.",
    defence: "HttpOnly",
    run: async (w) => !(await cookieLine(w)).includes("HttpOnly"),
  },
  {
    name: "the cookie of an attempt goes with requests of other sites",
    source: "OWASP WSTG-SESS-02, cookie attributes",
    criterion: "The cookie lacks `SameSite`.",
    defence: "SameSite",
    run: async (w) => !(await cookieLine(w)).includes("SameSite=Lax"),
  },
  {
    name: "another host of the domain sets the cookie of an attempt",
    source: "RFC 6265bis §4.1.3.2, the prefix __Host-",
    criterion: "The cookie could be set by a sibling host, or over http.",
    defence: "__Host- and Secure",
    run: async (w) => !/^__Host-.*; Secure/.test(await cookieLine(w)),
  },
  {
    name: "a customer is sent to a site that is not on the list",
    source: "PortSwigger, open redirection",
    criterion: "A link with a foreign return URL sends the customer there.",
    defence: RETURN,
    run: sentOnTo("https://evil.example/", ["https://app.example.com/"]),
  },
  {
    name: "a customer is sent to a site that was taken off the list",
    source: "CWE-367, time of check and time of use",
    criterion: "A link that was made before the agency took the origin off its list still leads there.",
    defence: "return URLs on the list, when the customer is sent on",
    async run(w) {
      const agency = await w.agency();
      await agency.must("PATCH", "/agency", { returnUrls: ["https://old.example/"] });
      const { path } = await agency.invite(["x"], { returnUrl: "https://old.example/done" });
      await agency.must("PATCH", "/agency", { returnUrls: null });
      const back = await w.connect(path, "x", "demo_shop");
      return Boolean(back.headers.location?.startsWith("https://old.example/"));
    },
  },
  {
    name: "a site's name begins with one that is on the list",
    source: "PortSwigger, bypasses of open redirection filters",
    criterion: "`app.example.com.evil.example` counts as `app.example.com`.",
    defence: "the whole origin of a return URL",
    run: sentOnTo("https://app.example.com.evil.example/", ["https://app.example.com/"]),
  },
  {
    name: "a return URL runs a script",
    source: "PortSwigger, DOM-based open redirection",
    criterion: "`javascript:` is taken as a return URL.",
    defence: "the form of a return URL",
    run: listed("javascript:alert(1)//"),
  },
  {
    name: "a return URL is not https",
    source: "RFC 9700 §4.1, insecure redirect URIs",
    criterion: "`http:` is taken as a return URL.",
    defence: "the form of a return URL",
    run: listed("http://app.example.com/"),
  },
  {
    name: "a proxy's header changes the links that are minted",
    source: "PortSwigger, host header attacks",
    criterion: "`X-Forwarded-Host` puts another host into a link.",
    defence: "our own address from the configuration",
    async run(w) {
      const agency = await w.agency();
      const client = await agency.client();
      const headers = { "x-forwarded-host": "evil.example" };
      const minted = await agency.ask("POST", `/clients/${client.id}/connect-invites`, { platforms: ["x"] }, { headers });
      return minted.json.data.url.includes("evil.example");
    },
  },
];
