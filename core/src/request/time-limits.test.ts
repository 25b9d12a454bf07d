import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, abortError } from "../errors/agproxy-error.ts";
import { fakeClock } from "../testing.ts";
import { OpenRequests } from "./time-limits.ts";

test("each request has its deadline, and one whose plugins do not stop is answered for them", async () => {
  using clock = fakeClock();
  const open = new OpenRequests(1000);
  const said: string[] = [];
  const stuck = open.open(({ code }) => said.push(code));
  const socket = open.open();
  await clock.advance(600);
  const later = open.open(() => said.push("later"));
  await clock.advance(900);
  assert.equal(abortError(stuck.abort.signal).code, "request_timeout");
  assert.deepEqual([socket.abort.signal.aborted, later.abort.signal.aborted], [false, false]);
  open.close(later);
  await clock.advance(6000);
  assert.deepEqual(said, ["request_timeout"]);
  open.close(stuck);
  assert.equal(socket.abort.signal.aborted, false);
});

test("all are ended with a reason when agproxy stops", async () => {
  const open = new OpenRequests(1000);
  const abort = open.open(() => {});
  const ended = open.end(new AgproxyError("shutting_down"));
  assert.equal(abortError(abort.abort.signal).code, "shutting_down");
  open.close(abort);
  await ended;
});
