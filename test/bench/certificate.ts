/**
 * A certificate for 127.0.0.1 that signs itself, made anew for each sitting. Node makes none, so the few fields that are
 * required are written here. Source: https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  object: 0x06,
  text: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  /** An IP address, among the names of a subject. */
  address: 0x87,
} as const;

const objects = {
  commonName: "550403",
  alternativeName: "551d11",
  basicConstraints: "551d13",
  ecdsaWithSha256: "2a8648ce3d040302",
} as const;

const day = 86_400_000;

export function certificate(now: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der("sequence", object("ecdsaWithSha256"));
  const content = der(
    "sequence",
    der("version", der("integer", [2])),
    der("integer", [1, ...randomBytes(8)]),
    algorithm,
    subject,
    der("sequence", time(now - day), time(now + day)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der("extensions", der("sequence", ...extensions())),
  );
  const signature = sign("sha256", content, privateKey);
  const whole = der("sequence", content, algorithm, der("bits", [0], signature));
  const text = whole.toString("base64").replaceAll(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
  };
}

const commonName = der("text", Buffer.from("agproxy bench"));
const subject = der("sequence", der("set", der("sequence", object("commonName"), commonName)));

function extensions(): readonly Buffer[] {
  const addresses = der("sequence", der("address", [127, 0, 0, 1]));
  const signsOthers = der("sequence", der("boolean", [0xff]));
  return [
    der("sequence", object("alternativeName"), der("octets", addresses)),
    der("sequence", object("basicConstraints"), der("octets", signsOthers)),
  ];
}

function object(name: keyof typeof objects): Buffer {
  return der("object", Buffer.from(objects[name], "hex"));
}

/** Two digits each of year, month, day, hour, minute and second. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, "").slice(2, 14);
  return der("time", Buffer.from(`${digits}Z`));
}

function der(tag: keyof typeof tags, ...parts: (Uint8Array | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  return Buffer.concat([Uint8Array.of(tags[tag], ...length(content.length)), content]);
}

function length(bytes: number): readonly number[] {
  if (bytes < 0x80) return [bytes];
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
}
