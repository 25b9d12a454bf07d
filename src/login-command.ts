import type { Distribution } from "@agproxy/core/cli";

type PluginCommand = NonNullable<Distribution["commands"]>[string];

/** `agproxy login`, which the cloud-code plugin runs. */
export const loginCommand: PluginCommand = {
  summary: "sign a Cloud Code account in and write it into the accounts file",
  options: {
    "client-file": {
      type: "string",
      value: "FILE",
      choices: "files",
      text: "the JSON of your own OAuth client (default: CLOUD_CODE_CLIENT_ID and _SECRET)",
    },
    label: { type: "string", value: "LABEL", text: "the account's label (default: its email)" },
    paste: { type: "boolean", text: "for a browser on another machine: paste its last address" },
  },
  load: async () => (await import("@agproxy/plugin-cloud-code")).runLogin,
};
