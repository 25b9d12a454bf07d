import type { Plugin, PluginCommandLine } from "@agproxy/core";
import type { AuthPlugin } from "../auth.ts";
import { addKey } from "./add-key.ts";
import { Misuse } from "./key-options.ts";
import { listKeys } from "./listed-keys.ts";
import { revokeKey } from "./revoke-key.ts";

const usage = "Write: agproxy keys add --name NAME, agproxy keys list, or agproxy keys revoke NAME";

/** `agproxy keys add | list | revoke`. `now` is in milliseconds since the epoch. */
export async function keysCommand(line: PluginCommandLine, now = Date.now()): Promise<number> {
  const [word, name, extra] = line.words;
  try {
    if (extra !== undefined || (word !== "revoke" && name !== undefined)) {
      throw new Misuse(`"${extra ?? name}" is one word too many. ${usage}`);
    }
    switch (word) {
      case "add":
        return await addKey(line, authPlugin(line.plugins), now);
      case "list":
        return await listKeys(line, authPlugin(line.plugins), now);
      case "revoke":
        return await revokeKey(line, authPlugin(line.plugins), name, now);
      default:
        throw new Misuse(usage);
    }
  } catch (thrown) {
    if (!(thrown instanceof Misuse)) throw thrown;
    line.warn(`agproxy keys: ${thrown.message}\n`);
    return 2;
  }
}

/** The config's own plugin: it knows where the gateway looks for keys. */
function authPlugin(plugins: readonly Plugin[]): AuthPlugin {
  const found = plugins.find((plugin) => isAuth(plugin));
  if (found !== undefined) return found;
  throw new Error(
    "The config has no auth plugin, so no gateway would know the key. Add auth() of @agproxy/plugin-auth to its plugins.",
  );
}

function isAuth(plugin: Plugin): plugin is AuthPlugin {
  return plugin.name === "auth" && "keyFile" in plugin;
}
