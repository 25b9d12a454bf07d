import { createHash, timingSafeEqual } from "node:crypto";
import { chmod } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { once } from "node:events";
import type { Log } from "../hooks/plugin.ts";
import { announce, type ControlPlace, newControlPlace, withdraw } from "./control-place.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { createServer, request } = process.getBuiltinModule("node:http");

/** What a gateway answers to those who may ask it, by path. */
export type ControlAnswers = Readonly<Record<string, () => unknown>>;

/**
 * Lets processes of the same user ask this one: over a Unix socket, or a named pipe on Windows, that no network reaches, and with a
 * secret from a file that only this user can read (docs/decisions/0026-control-socket.md). Resolves with what closes it. Where there
 * is no place for it, that is logged and the gateway goes on.
 */
export async function openControl(
  url: string,
  answers: ControlAnswers,
  log: Log,
): Promise<() => Promise<void>> {
  let place: ControlPlace | undefined;
  try {
    place = await newControlPlace(url);
    return await listen(place, answers);
  } catch (thrown) {
    if (place !== undefined) await withdraw(place);
    const text = "`agproxy status` cannot ask this gateway: there is no place for its socket";
    log.warn({ err: thrown }, text);
    return async () => {};
  }
}

async function listen(place: ControlPlace, answers: ControlAnswers): Promise<() => Promise<void>> {
  const server = createServer((req, res) => {
    const { status, body } = answered(req, place.secret, answers);
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(place.address).unref();
  await once(server, "listening");
  if (process.platform !== "win32") await chmod(place.address, 0o600);
  await announce(place);
  return async () => {
    server.close();
    server.closeAllConnections();
    await withdraw(place);
  };
}

function answered(
  { headers, url = "" }: IncomingMessage,
  secret: string,
  answers: ControlAnswers,
): { readonly status: number; readonly body: unknown } {
  if (!isEqual(headers.authorization ?? "", `Bearer ${secret}`)) {
    return { status: 401, body: { error: "the secret is missing or wrong" } };
  }
  const answer = Object.hasOwn(answers, url) ? answers[url] : undefined;
  return answer === undefined
    ? { status: 404, body: { error: `there is nothing at ${url}` } }
    : { status: 200, body: answer() };
}

/** In a time that says nothing about the texts. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** How long a gateway may take to answer. */
const patienceMs = 5000;

/** Asks a running gateway. Throws where it does not answer; `isGone` tells whether it has ended. */
export async function askControl(
  { address, secret }: ControlPlace,
  path: string,
): Promise<unknown> {
  const asked = request({
    socketPath: address,
    path,
    headers: { authorization: `Bearer ${secret}` },
    signal: AbortSignal.timeout(patienceMs),
  }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  for await (const piece of response.setEncoding("utf8")) text += String(piece);
  if (response.statusCode === 200) return JSON.parse(text);
  throw new Error(`The running agproxy refused to answer: ${text}`);
}

/** Whether an error means that nobody listens any more. */
export function isGone(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ENOENT" || code === "ECONNREFUSED";
}
