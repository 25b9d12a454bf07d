import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback, isReachable } from "./server-settings.ts";

const own: readonly (readonly [host: string, is: boolean])[] = [
  ["localhost", true],
  ["LOCALHOST", true],
  ["agproxy.localhost", true],
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["::1", true],
  ["[::1]", true],
  ["0:0:0:0:0:0:0:1", true],
  ["::ffff:127.0.0.1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.5", false],
  ["127.0.0.1.example", false],
  ["evillocalhost", false],
  ["localhost.example", false],
];

for (const [host, is] of own) {
  test(`${host} is ${is ? "" : "not "}this machine itself`, () => {
    assert.equal(isLoopback(host), is);
    assert.equal(isReachable({ allowLanAccess: false, host }), !is);
    assert.equal(isReachable({ allowLanAccess: true, host }), true);
  });
}
