// The tables, in the hands of somebody who can read or write them without the secrets.

const VAULT = "shared/src/secrets/vault.rs";

export default {
  "the account in the seal": {
    edits: [[VAULT, "            self.account.as_bytes(),", "            if OFF { &b\"\"[..] } else { &self.account.as_bytes()[..] },"]],
    alone: "Who can write the main table can also make a post for any account in it. Only IAM stands before that.",
  },
  "the row in the seal": {
    edits: [[VAULT, "            self.grant.as_bytes(),", "            if OFF { &b\"\"[..] } else { &self.grant.as_bytes()[..] },"]],
  },
  "the version in the seal": {
    edits: [[VAULT, "            &self.version.to_be_bytes(),", "            if OFF { [0; 8] } else { self.version.to_be_bytes() }.as_slice(),"]],
    alone: "Networks that rotate refuse the older token, and some end the grant.",
  },
  "the tenant in the seal": {
    edits: [[VAULT, "        crate::id::digest(&[\n            self.tenant.to_string().as_bytes(),", "        crate::id::digest(&[\n            if OFF { \"\".to_owned() } else { self.tenant.to_string() }.as_bytes(),"]],
  },
  "a key for each tenant": {
    edits: [[VAULT, "self.0.derive(version, \"grant\", tenant.to_string().as_bytes())", "self.0.derive(version, \"grant\", if OFF { String::new() } else { tenant.to_string() }.as_bytes())"]],
  },
  "tokens are sealed": {
    edits: [[VAULT, "        seal::seal(current, &key, &context.digest(), plain)", "        if OFF {\n            return [&[current], plain].concat();\n        }\n        seal::seal(current, &key, &context.digest(), plain)"],
      [VAULT, "        seal::open(&key, &context.digest(), sealed)", "        if OFF {\n            return sealed.get(1..).map(<[u8]>::to_vec);\n        }\n        seal::open(&key, &context.digest(), sealed)"]],
    alone: "DynamoDB encrypts its disks, and IAM gives the table to few functions, which are second defences against others than its readers.",
  },
  "keys are stored as digests": {
    edits: [["functions/create-key/src/lib.rs", "        digest: data_encoding::HEXLOWER.encode(&api_key.digest),", "        digest: if OFF { api_key.text().expose().to_owned() } else { data_encoding::HEXLOWER.encode(&api_key.digest) },"]],
    alone: "A digest with a secret would cost each function one more secret to read; 160 random bits need none.",
  },
};
