import assert from "node:assert/strict";
import { test } from "node:test";
import { isHostAllowed, ownNames } from "./host-list.ts";
import { readHost } from "./host-name.ts";

const spellings: readonly [header: string, name: string | undefined][] = [
  ["localhost", "localhost"],
  ["LocalHost:8045", "localhost"],
  ["localhost.:8045", "localhost"],
  ["127.0.0.1:8045", "127.0.0.1"],
  ["[::1]:8045", "::1"],
  ["[0:0:0:0:0:0:0:1]", "::1"],
  ["[::FFFF:127.0.0.1]", "::ffff:7f00:1"],
  ["my_host.example.com", "my_host.example.com"],
  ["", undefined],
  [".", undefined],
  [".example.com", undefined],
  ["a..b", undefined],
  ["localhost:", undefined],
  ["localhost:0", undefined],
  ["localhost:99999", undefined],
  ["localhost:80x", undefined],
  ["localhost:80:80", undefined],
  ["::1", undefined],
  ["[::1", undefined],
  ["[fe80::1%25eth0]", undefined],
  ["[localhost]", undefined],
  ["evil.example@localhost", undefined],
  ["localhost/evil.example", undefined],
  ["localhost, evil.example", undefined],
  ["localhost evil.example", undefined],
  ["löcalhost", undefined],
];

for (const [header, name] of spellings) {
  test(`reads ${JSON.stringify(header)} as ${name ?? "nothing"}`, () => {
    assert.equal(readHost(header)?.name, name);
  });
}

const verdicts: readonly [header: string, loopbackOnly: boolean, reachable: boolean][] = [
  ["localhost:8045", true, true],
  ["app.localhost", true, true],
  ["127.0.0.1", true, true],
  ["127.8.9.1:1", true, true],
  ["[::1]", true, true],
  ["[::ffff:127.0.0.1]", true, true],
  ["gateway.example.com", true, true],
  ["GATEWAY.example.com.:443", true, true],
  ["192.168.1.5:8045", false, true],
  ["10.0.0.1", false, true],
  ["172.31.0.1", false, true],
  ["172.32.0.1", false, false],
  ["100.100.1.1", false, true],
  ["[fd00::1]", false, true],
  ["[fe80::1]", false, true],
  ["8.8.8.8", false, false],
  ["[2001:db8::1]", false, false],
  ["evil.example", false, false],
  ["localhost.evil.example", false, false],
  ["127.0.0.1.evil.example", false, false],
  ["192.168.1.5.nip.io", false, false],
  ["evillocalhost", false, false],
  ["127.1", false, false],
  ["2130706433", false, false],
  ["0x7f000001", false, false],
];

for (const [header, loopbackOnly, reachable] of verdicts) {
  test(`host ${header}`, () => {
    const host = readHost(header);
    assert.ok(host !== undefined);
    const names = new Set(["gateway.example.com"]);
    assert.equal(isHostAllowed(host, { reachable: false, names }), loopbackOnly);
    assert.equal(isHostAllowed(host, { reachable: true, names }), reachable);
  });
}

test("a machine's own names", () => {
  assert.deepEqual(ownNames("Studio.local"), ["studio.local", "studio", "studio.local"]);
  assert.deepEqual(ownNames("box"), ["box", "box", "box.local"]);
  assert.deepEqual(ownNames("not a name"), []);
});
