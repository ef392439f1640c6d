// Opens and seals the `state` of an attempt with the deployment's own secret: in place of waiting until it is old.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const key = (secret) => Buffer.from(hkdfSync("sha256", Buffer.from(secret), "onbehalf", Buffer.from("state\0"), 32));

export function openState(secret, sealed) {
  const bytes = Buffer.from(sealed, "base64url");
  const [nonce, text, tag] = [bytes.subarray(1, 13), bytes.subarray(13, -16), bytes.subarray(-16)];
  const cipher = createDecipheriv("aes-256-gcm", key(secret), nonce).setAAD(Buffer.from("state")).setAuthTag(tag);
  return JSON.parse(Buffer.concat([cipher.update(text), cipher.final()]));
}

export function sealState(secret, state) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key(secret), nonce).setAAD(Buffer.from("state"));
  const text = Buffer.concat([cipher.update(JSON.stringify(state)), cipher.final()]);
  return Buffer.concat([Buffer.from([1]), nonce, text, cipher.getAuthTag()]).toString("base64url");
}
