/** The floor: Node's own HTTP passes the bytes through, and nothing is translated, checked or logged. */
import http from "node:http";
import https from "node:https";

const { protocol, hostname, port } = new URL(process.env["GEMINI_BASE_URL"] ?? "");
const { Agent, request } = protocol === "https:" ? https : http;
const agent = new Agent({ keepAlive: true });

const server = http.createServer((incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const call = request({ agent, hostname, port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  call.on("error", () => outgoing.destroy());
  incoming.pipe(call);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");
