// Attacks across agencies, across the clients of one agency, and across its two modes.

const TENANT = "the tenant in keys";
const CLIENT = "the client of a bound credential";
const INVITE = ["the tenant of an invite, as read", "the tenant of an invite, before the answer"];
const BOLA = "OWASP API1:2023, broken object level authorization";

/** Another agency asks for something of the victim's; `make` makes it: `[method, path, body]`. Whether it gets an answer. */
const fromAnotherAgency = (make) => async (w) => {
  const [victim, attacker] = [await w.agency(), await w.agency()];
  return (await attacker.ask(...(await make(victim, attacker, w)))).status < 300;
};

/** A key that is bound to another client of the same agency asks. */
const fromAnotherClient = (make) => async (w) => {
  const agency = await w.agency();
  const key = await agency.addKey({ client: (await agency.client("Own")).id });
  const [method, path, body] = await make(agency, agency, w);
  return (await agency.ask(method, path, body, { key })).status < 300;
};

const readClient = async (victim) => ["GET", `/clients/${(await victim.client()).id}`];
const readAccount = async (victim) => ["GET", `/accounts/${(await victim.connected("demo_shop")).accounts[0].id}`];
const listAccounts = async (victim) => ["GET", `/accounts?clientId=${(await victim.client()).id}`];
const listPosts = async (victim) => ["GET", `/posts?clientId=${(await victim.client()).id}`];
const listInvites = async (victim) => ["GET", `/clients/${(await victim.client()).id}/connect-invites`];
const mint = async (victim) => ["POST", `/clients/${(await victim.client()).id}/connect-invites`, { platforms: ["x"] }];
const readInvite = async (victim) => ["GET", `/connect-invites/${(await victim.invite()).invite.inviteId}`];
const revokeInvite = async (victim) => ["DELETE", `/connect-invites/${(await victim.invite()).invite.inviteId}`];
const disconnect = async (victim) => ["DELETE", `/accounts/${(await victim.connected("demo_shop")).accounts[0].id}`];

async function postOf(victim) {
  const { client, accounts } = await victim.connected("demo_shop");
  const posted = await victim.post(client, accounts, "Not to be read by others");
  if (posted.status !== 201) throw new Error(posted.text);
  return { client, accounts, post: posted.json.data };
}

const readPost = async (victim) => ["GET", `/posts/${(await postOf(victim)).post.id}`];
const cancelPost = async (victim) => ["DELETE", `/posts/${(await postOf(victim)).post.id}`];
const editPost = async (victim) => ["PATCH", `/posts/${(await postOf(victim)).post.id}`, { content: "Written by another" }];
const publish = async (victim) => {
  const { client, accounts } = await victim.connected("demo_shop");
  return ["POST", "/posts", {
    clientId: client.id, content: "In the name of another", targets: { mode: "selection", accountIds: [accounts[0].id] },
    schedule: { type: "at", scheduledAt: new Date(Date.now() + 3_600_000).toISOString() },
  }];
};

/** A list that another agency, or a bound key, asks for without a filter: whether something of the victim's is in it. */
const inTheList = (path, make, bound) => async (w) => {
  const victim = await w.agency();
  const wanted = await make(victim);
  const other = bound ? victim : await w.agency();
  const key = bound ? await victim.addKey({ client: (await victim.client("Own")).id }) : other.key;
  return (await other.ask("GET", path, undefined, { key })).text.includes(wanted);
};

const attack = (who, run, defence) => (what, criterion, make) => ({ name: `${who} ${what}`, source: BOLA, criterion, defence, run: run(make) });
const agency = attack("another agency", fromAnotherAgency, TENANT);
const client = attack("a key of another client", fromAnotherClient, CLIENT);

export default [
  agency("reads a client", "An agency reads a client of another by its id.", readClient),
  agency("reads an account", "An agency reads a connected account of another by its id.", readAccount),
  agency("lists accounts", "An agency lists the accounts of another one's client.", listAccounts),
  agency("reads a post", "An agency reads a post of another by its id.", readPost),
  agency("lists posts", "An agency lists the posts of another one's client.", listPosts),
  agency("cancels a post", "An agency cancels a post of another.", cancelPost),
  agency("edits a post", "An agency changes the text of another one's post.", editPost),
  agency("publishes", "An agency posts with an account that is connected to another.", publish),
  agency("mints a link", "An agency makes a connect link for another one's client.", mint),
  agency("lists links", "An agency lists the links of another one's client.", listInvites),
  agency("disconnects an account", "An agency ends the connection of another one's account.", disconnect),
  {
    name: "another agency reads a link", source: BOLA, criterion: "An agency reads an invite of another, with its link.",
    defence: INVITE, run: fromAnotherAgency(readInvite),
  },
  {
    name: "another agency revokes a link", source: BOLA, criterion: "An agency revokes an invite of another.",
    defence: INVITE, run: fromAnotherAgency(revokeInvite),
  },
  {
    name: "another agency repeats a request",
    source: "CWE-294, authentication bypass by capture-replay",
    criterion: "An agency that sends the request of another, with its idempotency key, gets its answer with the link.",
    defence: "the tenant in derived ids",
    async run(w) {
      const [victim, attacker] = [await w.agency(), await w.agency()];
      const path = `/clients/${(await victim.client()).id}/connect-invites`;
      const ask = (who) => who.ask("POST", path, { platforms: ["x"] }, { headers: { "idempotency-key": "guessed" } });
      await ask(victim);
      return (await ask(attacker)).status < 300;
    },
  },
  {
    name: "another agency lists clients", source: BOLA, criterion: "A client of another agency is in the list.",
    defence: "the tenant in lists", run: inTheList("/clients?limit=100", async (victim) => (await victim.client()).id),
  },
  {
    name: "another agency lists all accounts", source: BOLA, criterion: "An account of another agency is in the list.",
    defence: "the tenant in lists",
    run: inTheList("/accounts?limit=100", async (victim) => (await victim.connected("demo_shop")).accounts[0].id),
  },
  {
    name: "another agency uses a cursor", source: BOLA,
    criterion: "A cursor of another agency's list continues that list.",
    defence: "the tenant in lists",
    async run(w) {
      const [victim, attacker] = [await w.agency(), await w.agency()];
      const [last] = [await victim.client(), await victim.client()];
      const { json } = await victim.ask("GET", "/clients?limit=1");
      return (await attacker.ask("GET", `/clients?limit=100&cursor=${json.page.nextCursor}`)).text.includes(last.id);
    },
  },
  {
    name: "a test key reads a live client",
    source: BOLA,
    criterion: "A test key reads a client of the agency's live mode.",
    defence: TENANT,
    async run(w) {
      const { id } = await w.live.client();
      return (await w.demo.ask("GET", `/clients/${id}`)).status === 200;
    },
  },
  {
    name: "a live key publishes with a test account",
    source: BOLA,
    criterion: "A live key posts with an account of the agency's test mode.",
    defence: TENANT,
    async run(w) {
      return (await w.live.ask(...(await publish(w.demo)))).status < 300;
    },
  },
  client("reads a client", "A bound key reads another client.", readClient),
  client("reads an account", "A bound key reads an account of another client.", readAccount),
  client("lists accounts", "A bound key lists the accounts of another client.", listAccounts),
  client("reads a post", "A bound key reads a post of another client.", readPost),
  client("lists posts", "A bound key lists the posts of another client.", listPosts),
  client("cancels a post", "A bound key cancels a post of another client.", cancelPost),
  client("publishes", "A bound key posts with an account of another client.", publish),
  client("mints a link", "A bound key makes a connect link for another client.", mint),
  client("reads a link", "A bound key reads a link of another client.", readInvite),
  client("disconnects an account", "A bound key ends the connection of another client's account.", disconnect),
  {
    name: "a bound key lists all clients", source: BOLA, criterion: "Another client of the agency is in the list.",
    defence: "lists of a bound credential", run: inTheList("/clients?limit=100", async (victim) => (await victim.client()).id, true),
  },
  {
    name: "a bound key lists all posts", source: BOLA, criterion: "A post of another client is in the list.",
    defence: "lists of a bound credential", run: inTheList("/posts", async (victim) => (await postOf(victim)).post.id, true),
  },
];
