import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { defaults } from "../hooks/server-settings.ts";
import { CallerLoads, Ticket } from "./caller-loads.ts";

const ada = { id: "ada", name: "Ada" };
const bob = { id: "bob", name: "Bob" };
const cyd = { id: "cyd", name: "Cyd" };
const refused = { code: "caller_limit_reached", status: 429, retryAfter: 1000 };

/** With a function that begins a request. */
function loadsOf(limits: Partial<typeof defaults.limits>) {
  const loads = new CallerLoads({ ...defaults.limits, ...limits });
  const begin = (caller: typeof ada, kind: "requests" | "sockets" = "requests") => {
    const ticket = new Ticket(loads, kind);
    ticket.enter(caller);
    return ticket;
  };
  return { loads, begin };
}

test("one caller's requests and sockets are bounded, and nobody else's with them", () => {
  const { loads, begin } = loadsOf({ requests: 2, sockets: 1 });
  const [first] = [begin(ada), begin(ada), begin(ada, "sockets")];
  assert.throws(() => begin(ada), refused);
  assert.throws(() => begin(ada, "sockets"), refused);
  const other = begin(bob);
  first.leave();
  first.leave();
  begin(ada);
  assert.throws(() => begin(ada), refused);
  other.leave();
  assert.equal(loads.size, 1, "who has nothing under way is forgotten");
});

test("a request whose client left before its caller was known is not counted", () => {
  const { loads } = loadsOf({});
  const ticket = new Ticket(loads, "requests");
  ticket.leave();
  ticket.enter(ada);
  assert.equal(loads.size, 0);
  assert.equal(ticket.hold(10), undefined);
});

test("one caller's bodies are bounded; one body alone always has room", () => {
  const { begin } = loadsOf({ bodyBytes: 100 });
  const [first, second] = [begin(ada), begin(ada)];
  void first.hold(200);
  void first.hold(200);
  assert.throws(() => second.hold(1), refused);
  first.leave();
  void second.hold(90);
  const third = begin(ada);
  assert.throws(() => third.hold(11), refused);
  void third.hold(10);
});

test("a body waits for the memory that others hold, and is refused where it stays held", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { begin } = loadsOf({ bodyBytes: 100 });
    const [a, b, c, d] = [begin(ada), begin(bob), begin(cyd), begin(cyd)];
    void a.hold(100);
    void b.hold(100);
    const patient = c.hold(50);
    a.leave();
    await patient;
    void begin(ada).hold(50);
    const left = begin({ id: "dan", name: "Dan" });
    const abandoned = left.hold(60);
    const late = d.hold(50);
    left.leave();
    mock.timers.tick(2000);
    await assert.rejects(async () => late, { code: "overloaded", status: 503, retryAfter: 1000 });
    await assert.rejects(async () => abandoned, { code: "overloaded" });
    c.leave();
    await d.hold(50);
  } finally {
    mock.timers.reset();
  }
});
