// An access token of a simulated X account, by the authorization code flow of a client that keeps its own tokens.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export async function tokenOf(local, username) {
  const { sandboxSecret } = JSON.parse(readFileSync(join(local.data, "onbehalf.json"), "utf8"));
  const app = { client_id: "onbehalf-local", redirect_uri: `${local.url}/connect/x/callback`.replace(/([^:])\/\//, "$1/") };
  const verifier = randomBytes(32).toString("base64url");
  const decided = await fetch(`${local.sandboxUrl}/x.com/i/oauth2/authorize`, {
    method: "POST",
    redirect: "manual",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({
      ...app,
      response_type: "code",
      scope: "tweet.read tweet.write users.read offline.access",
      state: "state",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      account: username,
    }),
  });
  const code = new URL(decided.headers.get("location")).searchParams.get("code");
  const answer = await fetch(`${local.sandboxUrl}/api.x.com/2/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${app.client_id}:${sandboxSecret}`)}` },
    body: new URLSearchParams({ ...app, grant_type: "authorization_code", code, code_verifier: verifier }),
  });
  const { access_token: token } = await answer.json();
  if (!token) throw new Error(`no token: ${answer.status}`);
  return token;
}
