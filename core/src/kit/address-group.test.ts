import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { addressGroup } from "./address-group.ts";

const cases: readonly [address: string, group: string][] = [
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
];

for (const [address, group] of cases) {
  test(`${address || "no address"} is of ${group || "nobody's group"}`, () => {
    assert.equal(addressGroup(address), group);
  });
}

const text = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(":");

test("all of a /64 is one group, and its neighbour another", () => {
  const groups = fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, groups, (one, other) => {
      const same = [...one.slice(0, 4), ...other.slice(4)];
      const isMapped = one.slice(0, 5).every((part) => part === 0);
      fc.pre(!isMapped);
      assert.equal(addressGroup(text(one)), addressGroup(text(same)));
      const neighbour = [...one.slice(0, 3), (one[3] ?? 0) ^ 1, ...one.slice(4)];
      assert.notEqual(addressGroup(text(one)), addressGroup(text(neighbour)));
    }),
  );
});
