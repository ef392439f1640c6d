// A small Lambda runtime for Node: gets an event, calls the handler, returns its answer. Lambda's own runtime needs a compiler.
//
//   node runtime.mjs HANDLER.js

const { handler } = await import(process.argv[2]);
const invocations = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const post = (path, body) => fetch(`${invocations}/${path}`, { method: "POST", body: JSON.stringify(body) });

for (;;) {
  const next = await fetch(`${invocations}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    await post(`${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`${id}/error`, { errorType: error.name, errorMessage: String(error.message) });
  }
}
