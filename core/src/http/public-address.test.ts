import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isPublicAddress } from "./public-address.ts";

/** First and last address of each range, or one of its known members. */
const refused = {
  "this network": ["0.0.0.0", "0.255.255.255"],
  private: ["10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.255.255"],
  "carrier-grade NAT": ["100.64.0.0", "100.127.255.255", "100.100.100.200"],
  loopback: ["127.0.0.1", "127.255.255.255", "::1"],
  "link-local and cloud metadata": ["169.254.0.1", "169.254.169.254", "168.63.129.16"],
  "IETF protocols": ["192.0.0.192", "192.88.99.1", "2001::1", "2001:1ff:ffff::"],
  documentation: ["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff:fff::1"],
  benchmarks: ["198.18.0.0", "198.19.255.255"],
  "multicast, reserved, broadcast": ["224.0.0.1", "240.0.0.1", "255.255.255.255", "ff02::1"],
  unspecified: ["::"],
  "unique local": ["fc00::1", "fdff::1", "fd00:ec2::254", "fd20:ce::254"],
  "IPv6 link-local": ["fe80::1", "febf::1", "fe80::1%eth0", "fec0::1"],
  "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:8.8.8.8", "0:0:0:0:0:ffff:0a00:0001"],
  "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
  NAT64: ["64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1"],
  "6to4": ["2002:7f00:1::1", "2002:808:808::1"],
  Teredo: ["2001:0:7f00:1::", "2001::ffff:ffff"],
  "beyond global unicast": ["100::1", "1fff::1", "4000::1", "5f00::1"],
  "no plain address": [
    "",
    "localhost",
    "127.1",
    "0x7f.1",
    "2130706433",
    "8.8.8.8.",
    "[::1]",
    "1.2.3",
  ],
  "a zone on a public address": ["2606:4700::1111%eth0"],
} as const;

for (const [range, addresses] of Object.entries(refused)) {
  test(`not public: ${range}`, () => {
    for (const address of addresses) assert.equal(isPublicAddress(address), false, address);
  });
}

test("public: what lies next to the ranges, and well-known hosts", () => {
  for (const address of [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2003::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
  ]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test("an IPv4 address in the clothes of IPv6 is never public", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
      const groups = `${bytes.slice(0, 2).join("")}:${bytes.slice(2).join("")}`;
      for (const form of [
        `::ffff:${address}`,
        `::${address}`,
        `::ffff:0:${address}`,
        `64:ff9b::${address}`,
        `64:ff9b:1::${address}`,
        `2002:${groups}::1`,
        `2001:0:${groups}::1`,
      ]) {
        assert.equal(isPublicAddress(form), false, form);
      }
    }),
  );
});

test("any text has an answer", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4Extended(), fc.ipV6()), (text) => {
      assert.equal(typeof isPublicAddress(text), "boolean");
    }),
  );
});
