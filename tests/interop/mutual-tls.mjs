// Answers 204 to whoever shows a client certificate of the authority, and ends TLS with an alert otherwise.
// Reads one line of JSON: { key, cert, ca, version }. Ends when its standard input does.
import { createServer } from "node:https";
import { createInterface } from "node:readline";

createInterface({ input: process.stdin })
  .once("line", (line) => {
    const { version, ...credentials } = JSON.parse(line);
    const server = createServer(
      { ...credentials, requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version },
      (request, response) => request.resume().on("end", () => response.writeHead(204).end()),
    );
    server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
  })
  .on("close", () => process.exit());
