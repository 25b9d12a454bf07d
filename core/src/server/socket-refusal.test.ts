import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { pino } from "pino";
import { refuseUnreadable } from "./socket-refusal.ts";

const log = pino({ level: "silent" });
const late = Object.assign(new Error("late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });

test("a request that does not arrive in time is a 408 that says how long it may take", async () => {
  const socket = new PassThrough();
  refuseUnreadable(late, socket, log);
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(answer, /"code":"unreadable_request"/);
  assert.match(answer, /headers must arrive within one minute/);
});

test("an answer that is under way is broken off, and not written into", () => {
  const socket = Object.assign(new PassThrough(), { _httpMessage: { headersSent: true } });
  refuseUnreadable(late, socket, log);
  assert.equal(socket.destroyed, true);
  assert.equal(socket.read(), null);
});
