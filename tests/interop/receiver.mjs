// Verifies webhooks with the libraries that receivers in Node use. The path says which library and which secret:
// POST /standardwebhooks/<secret>, /svix/<secret> or /github/<secret>. Answers 204, or 401 with the library's reason.
// Ends when its standard input does, so that it never outlives the test that started it.
import { createServer } from "node:http";
import { verify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";

const verifiers = {
  standardwebhooks(secret, headers, body) {
    new Webhook(secret).verify(body, headers);
    return true;
  },
  svix(secret, headers, body) {
    const renamed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace(/^svix-/, "webhook-"), value]));
    return verifiers.standardwebhooks(secret, renamed, body);
  },
  github(secret, headers, body) {
    return verify(secret, body, headers["x-hub-signature-256"]);
  },
};

const server = createServer(async (request, response) => {
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [library, secret] = request.url.slice(1).split("/");
    const verified = await verifiers[library](decodeURIComponent(secret), request.headers, Buffer.concat(chunks).toString("utf8"));
    response.writeHead(verified ? 204 : 401).end();
  } catch (error) {
    response.writeHead(401).end(String(error));
  }
});

server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
process.stdin.on("end", () => process.exit()).resume();
