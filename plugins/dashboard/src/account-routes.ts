import {
  accountFile,
  AgproxyError,
  addToAccountFile,
  type GatewayView,
  isObject,
  type PluginContext,
  withDisabled,
} from "@agproxy/core";
import { BadAction } from "./errors.ts";
import type { Tested } from "./page-api.ts";
import { pageHeaders, pagePath } from "./page-routes.ts";
import type { Visitors } from "./visitors.ts";

/** What the page may do with accounts: what `agproxy accounts` may. */
export function accountRoutes(
  { route, server, gateway }: Pick<PluginContext, "route" | "server" | "gateway">,
  visitors: Visitors,
): void {
  const done = { headers: pageHeaders, body: {} };
  route("POST", `${pagePath}/api/accounts`, async (request) => {
    visitors.admitAction(request);
    await addAccount(gateway, filePath(server), await request.json());
    return done;
  });
  route("POST", `${pagePath}/api/accounts/:id/test`, async (request) => {
    visitors.admitAction(request);
    const probed = await gateway.probe(request.params["id"] ?? "");
    if (probed === undefined) throw new BadAction("This account is not there any more.");
    const { standing, text } = probed;
    return { headers: pageHeaders, body: { standing, text } satisfies Tested };
  });
  for (const [word, disabled] of Object.entries({ enable: false, disable: true })) {
    route("POST", `${pagePath}/api/accounts/:label/${word}`, async (request) => {
      visitors.admitAction(request);
      await setDisabled(filePath(server), request.params["label"] ?? "", disabled);
      return done;
    });
  }
}

function filePath({ accountsFile }: PluginContext["server"]): string {
  if (accountsFile !== undefined) return accountsFile;
  throw new BadAction("There is no accounts file.", {
    advice: "`agproxy start` has one; AGPROXY_ACCOUNTS_FILE names another.",
  });
}

async function setDisabled(path: string, label: string, disabled: boolean): Promise<void> {
  await told(() =>
    accountFile(path).change((accounts) => {
      if (!accounts.some((one) => one.label === label)) {
        throw new Error(
          `The accounts file has no account "${label}". Others are changed in the config.`,
        );
      }
      return accounts.map((one) => (one.label === label ? withDisabled(one, disabled) : one));
    }),
  );
}

async function addAccount(gateway: GatewayView, path: string, body: unknown): Promise<void> {
  const { kind: name, secret, label } = isObject(body) ? body : {};
  const kind = gateway.plugins.find((plugin) => plugin.name === name)?.accountKind;
  if (kind === undefined) throw new BadAction("No plugin of the config takes such accounts.");
  if (typeof secret !== "string" || secret.trim() === "")
    throw new BadAction("The key is missing.");
  const secretName = kind.secrets[0] ?? "key";
  const word = typeof label === "string" && label.trim() !== "" ? label.trim() : undefined;
  const options = { [secretName]: secret.trim(), ...(word !== undefined && { label: word }) };
  await told(() => {
    // The plugin of the kind says what is wrong, and repeats no secret.
    kind.read(options);
    const account = { kind: String(name), options, ...(word !== undefined && { label: word }) };
    return addToAccountFile(path, [account], secretName);
  });
}

/** What goes wrong with the file is for the user to read: a plain error's message says so. */
async function told(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (thrown) {
    if (thrown instanceof AgproxyError || !(thrown instanceof Error)) throw thrown;
    if (thrown.name !== "Error") throw thrown;
    throw new BadAction(thrown.message, { cause: thrown });
  }
}
