import { createHash } from "node:crypto";

/**
 * Makes the ids of a plugin's accounts from their secrets: an id stays the same wherever its account stands in the config, so
 * that nothing that is known of it is lost or goes to another one. Nobody can find a secret from it, as keys and tokens are
 * long and random. A secret that comes again, as for a second way to one account, gets a number.
 *
 * @example
 * const idOf = accountIds("my-vendor");
 * const id = idOf(secret); // "my-vendor-1f0c9a3be27d"
 */
export function accountIds(plugin: string): (secret: string) => string {
  const uses = new Map<string, number>();
  return (secret) => {
    const id = `${plugin}-${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`;
    const use = (uses.get(id) ?? 0) + 1;
    uses.set(id, use);
    return use === 1 ? id : `${id}-${use}`;
  };
}
