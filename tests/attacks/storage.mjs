// Attacks by somebody who can read or write the tables, but does not have the secrets.

import { createHash } from "node:crypto";
import { until } from "../peers/until.mjs";

const account = (agency, { clientId, id }) => [`${agency.pk}#C#${clientId}`, `ACCOUNT#${id}`];

/**
 * Connects two accounts, lets `alter` change the tables, and posts as the first one. Whether the post is on the feed of `username`.
 */
const posts = (alter, username) => async (w) => {
  const agency = await w.agency();
  const { client, accounts } = await agency.connected("demo_shop", "demo_cafe");
  const named = (name) => accounts.find(({ handle }) => handle === name);
  const grant = async (of) => (await w.tables.get(...account(agency, of))).grant.S;
  await alter({ w, agency, shop: named("demo_shop"), cafe: named("demo_cafe"), grant });
  const text = `Stolen ${Math.random()}`;
  const before = w.log().length;
  const posted = await agency.post(client, [named("demo_shop")], text, "now");
  if (posted.status !== 201) throw new Error(posted.text);
  const isRefused = () => w.log().slice(before).includes("cannot be decrypted");
  const ended = await until("the post is on the feed, or its tokens are refused", async () => {
    return (await w.feed(username)).includes(text) ? "posted" : isRefused() && "refused";
  });
  return ended === "posted";
};

export default [
  {
    name: "an account is given another account's tokens",
    source: "CWE-345, insufficient verification of data authenticity",
    criterion: "Who can write the main table lets one account post as another one of the same client.",
    defence: "the account in the seal",
    run: posts(async ({ w, agency, shop, cafe, grant }) => {
      const other = await grant(cafe);
      await w.tables.change(...account(agency, shop), (item) => void (item.grant.S = other));
    }, "demo_cafe"),
  },
  {
    name: "sealed tokens are copied to another row",
    source: "CWE-345, cut and paste of ciphertexts",
    criterion: "Who can write the vault lets one account post as another.",
    defence: ["the account in the seal", "the row in the seal"],
    run: posts(async ({ w, shop, cafe, grant }) => {
      const { sealed } = await w.tables.grant(await grant(cafe));
      await w.tables.changeGrant(await grant(shop), (item) => void (item.sealed = sealed));
    }, "demo_cafe"),
  },
  {
    name: "an older version of tokens is put back",
    source: "CWE-294, replay of ciphertexts",
    criterion: "Who can write the vault makes an older version of an account's tokens count as the newest.",
    defence: "the version in the seal",
    run: posts(async ({ w, shop, grant }) => {
      await w.tables.changeGrant(await grant(shop), (item) => void (item.version.N = "2"));
    }, "demo_shop"),
  },
  {
    name: "an account is given another agency's tokens",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "Who can write the main table lets an agency post as an account of another.",
    defence: ["the account in the seal", "the tenant in the seal", "a key for each tenant"],
    run: posts(async ({ w, agency, shop }) => {
      const victim = await w.agency();
      const [theirs] = (await victim.connected("demo_cafe")).accounts;
      const { grant } = await w.tables.get(...account(victim, theirs));
      await w.tables.change(...account(agency, shop), (item) => void (item.grant = grant));
    }, "demo_cafe"),
  },
  {
    name: "a dump of the vault gives tokens",
    source: "OWASP ASVS 6.1, storage of secrets",
    criterion: "Who can read the vault finds a network's token in it.",
    defence: "tokens are sealed",
    async run(w) {
      const agency = await w.agency();
      const [connected] = (await agency.connected("demo_shop")).accounts;
      const { grant } = await w.tables.get(...account(agency, connected));
      const { sealed } = await w.tables.grant(grant.S);
      return Buffer.from(sealed.B, "base64").toString("latin1").includes("access");
    },
  },
  {
    name: "a dump of the main table gives keys",
    source: "OWASP ASVS 2.4, storage of credentials",
    criterion: "Who can read the main table finds a key in it.",
    defence: "keys are stored as digests",
    async run(w) {
      const { key } = await (await w.agency()).must("POST", "/api-keys", { label: "made", scopes: ["clients.read"] });
      const dump = await w.tables.dump("onbehalf-main");
      if (!dump.includes(key) && !dump.includes(createHash("sha256").update(key).digest("hex"))) throw new Error("no key is stored");
      return dump.includes(key);
    },
  },
];
