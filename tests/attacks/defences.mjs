// The defences that attacks meet, and how each is switched off in the weakened copy.
//
// `edits`: `[file, exact text, replacement]`, in which OFF is true if the defence is off, and OFF("name") if
// another one is, where several are parts of one text. `alone`: why there is no second
// defence where an attack meets this one only; SECURITY.md says it to the reader.

import addresses from "./defences/addresses.mjs";
import callback from "./defences/callback.mjs";
import input from "./defences/input.mjs";
import keys from "./defences/keys.mjs";
import link from "./defences/link.mjs";
import local from "./defences/local.mjs";
import names from "./defences/names.mjs";
import storage from "./defences/storage.mjs";
import tenancy from "./defences/tenancy.mjs";
import tokens from "./defences/tokens.mjs";

/** By family, as SECURITY.md shows them. */
export const FAMILIES = { link, callback, keys, tokens, tenancy, input, addresses, local, storage, names };

export const DEFENCES = Object.assign({}, ...Object.values(FAMILIES));
