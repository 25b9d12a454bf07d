import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError } from "../config/settings.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";

/** A certificate with its chain, and the key that belongs to it, as PEM. */
export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads the files of `tls`. Throws a `ConfigError` that names the key of the config. */
export function readCredentials({ tls }: ServerSettings): Credentials | undefined {
  if (tls === undefined) return undefined;
  const [cert, key] = [read("cert", tls.cert), read("key", tls.key)];
  const certificate = tried(() => new X509Certificate(cert));
  if (certificate === undefined) throw fault("cert", tls.cert, "has no certificate in PEM");
  const own = tried(() => createPrivateKey(key));
  if (own === undefined) {
    throw fault("key", tls.key, "has no private key in PEM, or one with a passphrase");
  }
  if (!certificate.checkPrivateKey(own)) {
    throw fault("key", tls.key, "has a key that does not belong to the certificate of `tls.cert`");
  }
  return { cert, key };
}

function read(name: "cert" | "key", path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? ` (${String(thrown.code)})` : "";
    throw fault(name, path, `cannot be read${code}`);
  }
}

function tried<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function fault(name: "cert" | "key", path: string, what: string): ConfigError {
  return new ConfigError(
    `tls.${name}: the file "${path}" ${what}. Write it like this: tls: { cert: "fullchain.pem", key: "privkey.pem" }`,
  );
}
