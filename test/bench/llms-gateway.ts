/** Starts the server of `@musistudio/llms`, of which the package has no command of its own. */
import { createRequire } from "node:module";

/** What of its class is used here; it publishes no types. */
interface Server {
  new (options: object): { start(): Promise<void> };
}

const [, , file = ""] = process.argv;
// Its build as an ES module does not load: it calls `require`, which there is none of.
const { default: Server } = createRequire(import.meta.url)(file) as { default: Server };
const provider = {
  name: "mock",
  api_base_url: `${process.env["GEMINI_BASE_URL"]}/v1beta/models/`,
  api_key: "bench",
  models: ["gemini-2.5-flash"],
  transformer: { use: ["gemini"] },
};
const server = new Server({
  logger: false,
  useJsonFile: false,
  useEnvFile: false,
  initialConfig: { HOST: "127.0.0.1", PORT: "0", providers: [provider] },
});
await server.start();
