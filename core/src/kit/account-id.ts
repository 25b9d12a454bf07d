import { createHash } from "node:crypto";

/**
 * The id of an account, from its secret: it stays the same wherever the account stands in the config, so that nothing that
 * is known of it is lost or goes to another one. Nobody can find the secret from it, as keys and tokens are long and random.
 *
 * @example
 * const id = accountId("my-vendor", secret); // "my-vendor-1f0c9a3be27d"
 */
export function accountId(plugin: string, secret: string): string {
  return `${plugin}-${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`;
}
