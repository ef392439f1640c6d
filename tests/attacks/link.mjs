// Attacks on connect links: forging one, using one that is over, and starting a connection in somebody else's browser.

import { base62, bytesOf, now } from "./agency.mjs";
import { openState, sealState } from "./state.mjs";

const OPEN = ["an open link, when a try is counted", "an open link, when an account is stored"];
const START = ["a start from our own site", "the cookie of the link's page"];

/** Changes the stored invite, in place of waiting or of another request at the same moment. */
const change = (w, invite, to) => w.tables.change(`INVITE#${invite.inviteId}`, "INVITE", to);
const expire = (item) => void (item.expires_at.N = String(now() - 1));
const revoke = (item) => void (item.revoked = { BOOL: true });

/** A form of another site, submitted in a browser that has the page open too: whether a connection is started. */
const startedBy = (headers, method = "POST") => async (w) => {
  const { path } = await (await w.agency()).invite();
  return Boolean((await w.press(path, "x", { headers: headers(w), method })).consent);
};

/** Whether a customer who started in time connects an account after the link was changed. */
const connectedAfter = (to) => async (w) => {
  const agency = await w.agency();
  const { client, invite, path } = await agency.invite();
  const attempt = await w.press(path, "x");
  const back = await w.consent(attempt.consent, "demo_shop");
  await change(w, invite, to);
  await w.back(back, attempt.cookie);
  return w.has(agency, client, "demo_shop");
};

export default [
  {
    name: "the last character of a link is changed",
    source: "OWASP API2:2023, broken authentication",
    criterion: "A link whose MAC is not ours opens the page.",
    defence: "the MAC of a link",
    async run(w) {
      const { path } = await (await w.agency()).invite();
      return (await w.open(path.slice(0, -1) + (path.endsWith("0") ? "1" : "0"))).status === 200;
    },
  },
  {
    name: "a link is made from the id of an invite",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "Somebody who has read an invite's id, as the API shows it, opens its link.",
    defence: "the MAC of a link",
    async run(w) {
      const { invite } = await (await w.agency()).invite();
      const body = Buffer.concat([Buffer.from([1]), bytesOf(invite.inviteId), Buffer.alloc(16)]);
      return (await w.open(`/invite/inv_${base62(body)}`)).status === 200;
    },
  },
  {
    name: "an expired link is opened",
    source: "OWASP WSTG-SESS-07, session timeout",
    criterion: "The page of a link is shown after its expiry.",
    defence: "the expiry of a link, as read",
    async run(w) {
      const { invite, path } = await (await w.agency()).invite();
      await change(w, invite, expire);
      return (await w.open(path)).status === 200;
    },
  },
  {
    name: "a revoked link is opened",
    source: "OWASP WSTG-SESS-06, logout",
    criterion: "The page of a link is shown after the agency has revoked it.",
    defence: "the revocation of a link, as read",
    async run(w) {
      const agency = await w.agency();
      const { invite, path } = await agency.invite();
      await agency.must("DELETE", `/connect-invites/${invite.inviteId}`);
      return (await w.open(path)).status === 200;
    },
  },
  {
    name: "an account is connected after the link has expired",
    source: "CWE-367, time of check and time of use",
    criterion: "A callback that comes after the link's expiry connects an account.",
    defence: ["the expiry of a link, as read", ...OPEN],
    run: connectedAfter(expire),
  },
  {
    name: "an account is connected after the link was revoked",
    source: "CWE-367, time of check and time of use",
    criterion: "A callback that comes after the link's revocation connects an account.",
    defence: ["the revocation of a link, as read", ...OPEN],
    run: connectedAfter(revoke),
  },
  {
    name: "the logo of a revoked link is fetched",
    source: "OWASP WSTG-ATHZ-02, bypassing authorization",
    criterion: "The agency's logo is served for a link that was revoked.",
    defence: "the revocation of a link, as read",
    async run(w) {
      const agency = await w.agency();
      const logo = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg==";
      await agency.must("PATCH", "/agency", { logo });
      const { invite, path } = await agency.invite();
      await change(w, invite, revoke);
      return (await w.send("GET", `${path}/logo`)).status === 200;
    },
  },
  {
    name: "a form of another site starts a connection",
    source: "RFC 9700 §4.7, cross-site request forgery",
    criterion: "A form that another site submits in the victim's browser starts a connection.",
    defence: START,
    run: startedBy(() => ({ "sec-fetch-site": "cross-site", origin: "https://evil.example" })),
  },
  {
    name: "a form of another site starts a connection in an old browser",
    source: "RFC 9700 §4.7, cross-site request forgery",
    criterion: "A browser without Fetch Metadata starts a connection for another site.",
    defence: START,
    run: startedBy(() => ({ origin: "https://evil.example" })),
  },
  {
    name: "a form without an origin starts a connection",
    source: "PortSwigger, CSRF where the Referer or Origin is absent",
    criterion: "A request with neither `Origin` nor Fetch Metadata starts a connection.",
    defence: START,
    run: startedBy(() => ({})),
  },
  {
    name: "a sandboxed frame starts a connection",
    source: "PortSwigger, CORS with the origin null",
    criterion: "A form with the origin `null` starts a connection.",
    defence: START,
    run: startedBy(() => ({ origin: "null" })),
  },
  {
    name: "a host that begins with ours starts a connection",
    source: "PortSwigger, errors in the comparison of origins",
    criterion: "A form of `<our origin>.evil.example` starts a connection.",
    defence: START,
    run: startedBy((w) => ({ origin: `${w.origin}.evil.example` })),
  },
  {
    name: "a page of another host of our domain starts a connection",
    source: "W3C Fetch Metadata, same-site",
    criterion: "A form of a sibling host, which is `same-site`, starts a connection, although the origin is said to be ours.",
    defence: START,
    run: startedBy((w) => ({ "sec-fetch-site": "same-site", origin: w.origin })),
  },
  {
    name: "a picture starts a connection",
    source: "PortSwigger, SameSite Lax and GET",
    criterion: "An address in an `<img>` of another site starts a connection.",
    defence: ["a start by POST", ...START],
    run: startedBy(() => ({ "sec-fetch-site": "cross-site" }), "GET"),
  },
  {
    name: "a network that the link does not name is connected",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A link for X connects an account of TikTok.",
    defence: ["the networks of a link, at the start", "the networks of a link, when an account is stored"],
    async run(w) {
      const agency = await w.agency();
      const { client, path } = await agency.invite(["x"]);
      const attempt = await w.press(path, "tiktok");
      if (!attempt.consent) return false;
      await w.back(await w.consent(attempt.consent, "demo_shop"), attempt.cookie);
      return w.has(agency, client, "demo_shop");
    },
  },
  {
    name: "a forwarded link connects a second account",
    source: "RFC 9700 §4.5, code injection into another session",
    criterion: "A link that has connected one account connects another one of the same network.",
    defence: ["one account for each network of a link, as read", "one account for each network of a link, when it is stored"],
    async run(w) {
      const agency = await w.agency();
      const { client, path } = await agency.invite();
      const [first, second] = [await w.press(path, "x"), await w.press(path, "x")];
      await w.back(await w.consent(first.consent, "demo_shop"), first.cookie);
      await w.back(await w.consent(second.consent, "demo_cafe"), second.cookie);
      return w.has(agency, client, "demo_cafe");
    },
  },
  {
    name: "one link tries many codes",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "More than sixty invented codes of one link reach the network within an hour.",
    defence: "a link's limit of tries",
    async run(w) {
      const { path } = await (await w.agency()).invite();
      const attempt = await w.press(path, "x");
      const state = openState(w.linkSecret, attempt.consent.searchParams.get("state"));
      let answer;
      for (let n = 0; n <= 60; n++) {
        // Each is a state of its own, as of a new start, with the cookie of the first.
        const own = { ...state, a: state.a.slice(0, -3) + "abcdefghijklmnopqrstuvwxyz234567"[n % 32] + "abcdefghijklmnopqrstuvwxyz234567"[n >> 5] + "a" };
        const url = new URL(`${w.origin}/connect/x/callback`);
        url.searchParams.set("state", sealState(w.linkSecret, own));
        url.searchParams.set("code", `invented${n}`);
        answer = await w.back(url, attempt.cookie.replaceAll(state.a, own.a));
      }
      return answer.status !== 429;
    },
  },
  {
    name: "the page is shown in a frame",
    source: "PortSwigger, clickjacking",
    criterion: "A page of another site shows the link's page in a frame, so that a click lands on its button.",
    defence: ["X-Frame-Options", "frame-ancestors in the policy"],
    async run(w) {
      const { path } = await (await w.agency()).invite();
      const { headers } = await w.open(path);
      return !headers["x-frame-options"] && !headers["content-security-policy"].includes("frame-ancestors 'none'");
    },
  },
  {
    name: "the link leaves by the Referer",
    source: "RFC 9700 §4.2, leakage by the Referer header",
    criterion: "The browser tells the network's site the whole address of the link.",
    defence: "Referrer-Policy",
    async run(w) {
      const { path } = await (await w.agency()).invite();
      return !["no-referrer", "same-origin"].includes((await w.open(path)).headers["referrer-policy"]);
    },
  },
  {
    name: "a cache keeps the page of a link",
    source: "OWASP WSTG-ATHN-06, browser cache",
    criterion: "A cache may store the page of a link.",
    defence: "no-store",
    async run(w) {
      const { path } = await (await w.agency()).invite();
      return (await w.open(path)).headers["cache-control"] !== "no-store";
    },
  },
  {
    name: "the log gives out a link",
    source: "CWE-532, sensitive information in a log",
    criterion: "Somebody who can read the log opens a link that a customer has opened.",
    defence: "no paths in the log",
    async run(w) {
      const { path } = await (await w.agency()).invite();
      await w.open(path);
      return w.log().includes(path);
    },
  },
];
