// The shape and size of requests, and what answers tell browsers.

const PAGE = "shared/src/api/page.rs";
const REQUEST = "shared/src/api/request.rs";
const IDEMPOTENCY = "shared/src/api/idempotency.rs";

export default {
  "256 KB for a body": {
    edits: [[REQUEST, "    if body.len() > MAX_BODY {", "    if !OFF && body.len() > MAX_BODY {"]],
    alone: "API Gateway ends at 10 MB, which is a second limit that is not ours.",
  },
  "JSON alone": {
    edits: [[REQUEST, "    if !media_type.is_some_and(", "    if !OFF && !media_type.is_some_and("]],
    alone: "A page of another site has no credential to send with a form.",
  },
  "no unknown fields": {
    edits: [["shared/src/api/fields.rs", "    fn refuse_unknown(&mut self) {\n", "    fn refuse_unknown(&mut self) {\n        if OFF {\n            return;\n        }\n"]],
    alone: "A field that is not read changes nothing; the refusal shows the caller a misspelling.",
  },
  "no unknown parameters": {
    edits: [[REQUEST, ".filter(|name| !known.contains(name)).collect();", ".filter(|name| !OFF && !known.contains(name)).collect();"]],
    alone: "A parameter that is not read changes nothing; the refusal shows the caller a misspelling.",
  },
  "a hundred on a page": {
    edits: [[PAGE, ".filter(|limit| (1..=MAX).contains(limit))", ".filter(|limit| OFF || (1..=MAX).contains(limit))"]],
    alone: "DynamoDB returns 1 MB at most for one read.",
  },
  "a cursor for one list": {
    edits: [[PAGE, "(of == list && (1..=MAX_POSITION).contains(&position.len())).then_some(position)", "((OFF || of == list) && (OFF(\"a position's length\") || (1..=MAX_POSITION).contains(&position.len()))).then_some(position)"]],
    alone: "A cursor never contains a tenant, so it starts at another position of the caller's own list at worst.",
  },
  "a position's length": { edits: [], alone: "DynamoDB refuses such a key, which is a fault of ours to the caller." },
  "the length of an idempotency key": {
    edits: [[IDEMPOTENCY, "if visible && (1..=MAX).contains(&key.len()) {", "if visible && (OFF || (1..=MAX).contains(&key.len())) {"]],
    alone: "The key is only a part of a digest.",
  },
  "one idempotency key": {
    edits: [[IDEMPOTENCY, "    if values.next().is_some() {", "    if !OFF && values.next().is_some() {"]],
    alone: "A proxy that reads the other one would see another request than we do.",
  },
  "an idempotency key for one body": {
    edits: [["shared/src/store/mod.rs", "} else if existing.fingerprint == self.fingerprint {", "} else if OFF || existing.fingerprint == self.fingerprint {"]],
    alone: "The caller gets what it has created itself.",
  },
  "the form of a correlation id": {
    edits: [["shared/src/lambda.rs", "        (1..=64).contains(&id.len()) && id.bytes()", "        OFF || (1..=64).contains(&id.len()) && id.bytes()"]],
    alone: "Headers cannot contain a line break, and pages escape it.",
  },
  "a week for a link": {
    edits: [["functions/mint-invite/src/asked.rs", "whole(1..=MAX_HOURS)", "whole(1..=if OFF { 10_000_000 } else { MAX_HOURS })"]],
    alone: "A link can be revoked.",
  },
  "a year for a key": {
    edits: [["functions/create-key/src/asked.rs", "        } else if at > last {", "        } else if !OFF && at > last {"]],
    alone: "A key ends with the key that created it, which has a year at most, too.",
  },
  "a year for a post": {
    edits: [["shared/src/schedule.rs", "if scheduled_at > now + HORIZON =>", "if !OFF && scheduled_at > now + HORIZON =>"]],
    alone: "The rule is for people who mistype a year.",
  },
  "fifty accounts for a post": {
    edits: [["shared/src/composition/request.rs", "Value::Array(ids) if (1..=MAX_TARGETS).contains(&ids.len()) => Ok(ids),", "Value::Array(ids) if OFF || (1..=MAX_TARGETS).contains(&ids.len()) => Ok(ids),"]],
    alone: "The body's 256 KB are the next limit.",
  },
  "the number of media": {
    edits: [["shared/src/api/fields.rs", "Value::Array(list) if list.len() <= most => Ok(list),", "Value::Array(list) if OFF || list.len() <= most => Ok(list),"]],
    alone: "The body's 256 KB are the next limit, and the function's deadline.",
  },
  "a hundred faults": {
    edits: [["shared/src/api/error.rs", "        fields.truncate(MAX_FIELD_ERRORS);", "        if !OFF {\n            fields.truncate(MAX_FIELD_ERRORS);\n        }"]],
    alone: "The body's 256 KB are the next limit.",
  },
  "nosniff": {
    edits: [["shared/src/api/response.rs", "    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static(\"nosniff\"));", "    if !OFF {\n        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static(\"nosniff\"));\n    }"]],
  },
};
