// `local`, on a machine with other users and a browser.

const CONNECTION = "local/src/server/connection.rs";
const ENDPOINT = "local/src/endpoint.rs";
const DATA = "local/src/data.rs";

export default {
  "Host": {
    edits: [[CONNECTION, "    (!is_ours(host) || target", "    (!OFF && !is_ours(host) || target"]],
    alone: "For the API it is a second one: a page knows no key. The simulated networks have nothing to protect.",
  },
  "no Origin at the engine's port": {
    edits: [[ENDPOINT, "        if request.headers.contains_key(header::ORIGIN) {", "        if !OFF && request.headers.contains_key(header::ORIGIN) {"]],
  },
  "the access key of the engine's port": {
    edits: [[ENDPOINT, "        (!is_signed && !is_health_check(request))", "        (!OFF && !is_signed && !is_health_check(request))"]],
    alone: "Other users of the machine can open connections to it. The port exists only with `--engine-port`.",
  },
  "the mode of the data folder": {
    edits: [[DATA, "DirBuilder::new().recursive(true).mode(0o700).create(folder)", "DirBuilder::new().recursive(true).mode(if OFF { 0o755 } else { 0o700 }).create(folder)"],
      [DATA, "fs::set_permissions(folder, fs::Permissions::from_mode(0o700))", "fs::set_permissions(folder, fs::Permissions::from_mode(if OFF { 0o755 } else { 0o700 }))"]],
  },
  "the mode of the data files": {
    edits: [[DATA, ".write(true).mode(0o600).open(path)", ".write(true).mode(if OFF { 0o644 } else { 0o600 }).open(path)"],
      [DATA, "fs::set_permissions(&file, fs::Permissions::from_mode(0o600))", "fs::set_permissions(&file, fs::Permissions::from_mode(if OFF { 0o644 } else { 0o600 }))"]],
  },
  "ten seconds for headers": {
    edits: [[CONNECTION, ".header_read_timeout(HEADER_TIME)", ".header_read_timeout(if OFF { Duration::from_secs(3600) } else { HEADER_TIME })"]],
    alone: "It listens on loopback only.",
  },
  "32 KB of headers": {
    edits: [[CONNECTION, ".max_buf_size(HEADER_SIZE)", ".max_buf_size(if OFF { 1 << 24 } else { HEADER_SIZE })"]],
    alone: "It listens on loopback only.",
  },
  "no body without a credential": {
    edits: [["local/src/gateway.rs", "let is_refused = wait.is_some() || is_api && ", "let is_refused = wait.is_some() || !OFF && is_api && "]],
    alone: "The size and the time of a body are limited in any case.",
  },
  "the length of a body, as said": {
    edits: [[CONNECTION, "        if self.body.size_hint().lower() > self.limits.size as u64 {", "        if !OFF && self.body.size_hint().lower() > self.limits.size as u64 {"]],
    alone: "What arrives is counted as well, and has thirty seconds.",
  },
  "one process for a data folder": {
    edits: [[DATA, "        lock.try_lock()\n", "        (if OFF { Ok(()) } else { lock.try_lock() })\n"]],
    alone: "The conditions of the tables hold between processes; the secrets' file is written once.",
  },
};
