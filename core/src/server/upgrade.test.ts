import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { definePlugin, type Plugin } from "../hooks/plugin.ts";
import { startGateway } from "../testing.ts";

const echo: Plugin = definePlugin({
  name: "echo",
  apply: (agproxy) =>
    agproxy.upgrade("/v1/socket", ({ caller, socket }) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
      socket.end(`hello ${caller.name}`);
    }),
});

async function upgrade(url: string, path: string) {
  const call = request(url + path, { headers: { connection: "Upgrade", upgrade: "websocket" } });
  call.end();
  const answer = await Promise.race([
    once(call, "response").then(async ([response]) => {
      const text = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>));
      return { status: response.statusCode as number, text: String(text) };
    }),
    once(call, "upgrade").then(async ([response, socket, head]) => {
      const reads = await Array.fromAsync(socket as AsyncIterable<Buffer>);
      return {
        status: response.statusCode as number,
        text: String(Buffer.concat([head, ...reads])),
      };
    }),
  ]);
  return answer;
}

test("an upgrade that nobody takes is answered 426, at once", async () => {
  await using gateway = await startGateway({ plugins: [echo] });
  const { status, text } = await upgrade(gateway.url, "/v1/other");
  assert.equal(status, 426);
  assert.equal(JSON.parse(text).error.code, "upgrade_required");
});

test("a taker gets the upgrade and knows whose it is", async () => {
  await using gateway = await startGateway({ plugins: [echo] });
  const answer = await upgrade(gateway.url, "//v1/socket/");
  assert.deepEqual(answer, { status: 101, text: "hello anonymous" });
});

test("an upgraded socket that stays open does not keep the gateway from stopping", async () => {
  const holder = definePlugin({
    name: "holder",
    apply: (agproxy) =>
      agproxy.upgrade("/v1/socket", ({ socket }) => {
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        );
      }),
  });
  const gateway = await startGateway({ plugins: [holder], drain: 10 });
  const call = request(`${gateway.url}/v1/socket`, {
    headers: { connection: "Upgrade", upgrade: "websocket" },
  });
  call.end();
  const [, socket] = await once(call, "upgrade");
  const closed = once(socket.resume(), "close");
  await gateway.close();
  await closed;
});

test("an upgrade passes the gate like every request", async () => {
  const wall = definePlugin({
    name: "wall",
    apply: ({ hooks }) =>
      hooks.beforeAuth.tap("wall", () => {
        throw new AgproxyError("account_forbidden");
      }),
  });
  await using gateway = await startGateway({ plugins: [wall, echo] });
  const { status, text } = await upgrade(gateway.url, "/v1/socket");
  assert.equal(status, 403);
  assert.equal(JSON.parse(text).error.code, "account_forbidden");
});
