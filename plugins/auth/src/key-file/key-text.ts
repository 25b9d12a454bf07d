import { hash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Of 62 characters each: 256 bits. */
const secretLength = 43;
const checksumLength = 6;

/** How many characters of a key are shown in lists: what all keys begin with, and four that tell them apart. */
const shownLength = 11;

/**
 * The form of keys that agproxy makes, for secret scanners. The last six characters are a checksum of the rest, so that a
 * scanner can tell a key from a random text that looks like one.
 */
const keyForm = /^sk-agp-[0-9A-Za-z]{49}$/;

/** A new key: `sk-agp-`, 43 random characters, and their checksum. */
export function newKey(): string {
  const secret = Array.from({ length: secretLength }, () => alphabet[randomInt(alphabet.length)]);
  const text = `sk-agp-${secret.join("")}`;
  return text + checksumOf(text);
}

/** Whether a text is a key that agproxy could have made: its form and its checksum are right. */
export function isKeyText(text: string): boolean {
  if (!keyForm.test(text)) return false;
  return checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** The CRC-32 of a text in base 62, as GitHub's tokens have it. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let count = 0; count < checksumLength; count += 1) {
    digits = alphabet[rest % alphabet.length] + digits;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}

/** The beginning of a key, by which people recognise it. */
export function shownPart(key: string): string {
  return key.slice(0, shownLength);
}

/**
 * What the file has in place of a key. A plain SHA-256 is enough: nobody can try out 2^256 random keys, so a slow hash, which
 * passwords need, would only slow down requests. And looking one up in a map tells nothing by its time: whoever asks cannot
 * choose a digest.
 */
export function digestOf(key: string): string {
  return hash("sha256", key);
}

/** The caller's id of a key with this digest. It is stored and logged, and must not help to find the key. */
export function callerIdOf(digest: string): string {
  return hash("sha256", Buffer.from(digest, "hex")).slice(0, 16);
}
