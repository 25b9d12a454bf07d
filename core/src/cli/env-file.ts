import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { ConfigError } from "../config/settings.ts";

/** The file of `--env-file`. Variables that the environment has itself stay as they are. */
export class EnvFile {
  readonly path: string;
  /** What the file has set so far, by name. */
  readonly #set = new Map<string, string>();

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Reads it, again at a reload. Returns what takes everything back. Throws a `ConfigError` where it cannot be read. */
  read(): () => void {
    const before = new Map(this.#set);
    this.#apply(new Map(Object.entries(parseEnv(this.#text())).map(([k, v]) => [k, v ?? ""])));
    return () => this.#apply(before);
  }

  #text(): string {
    try {
      return readFileSync(this.path, "utf8");
    } catch (thrown) {
      const code = thrown instanceof Error && "code" in thrown ? ` (${String(thrown.code)})` : "";
      throw new ConfigError(`--env-file: ${this.path} cannot be read${code}.`, { cause: thrown });
    }
  }

  #apply(variables: ReadonlyMap<string, string>): void {
    for (const name of this.#set.keys()) {
      if (variables.has(name)) continue;
      delete process.env[name];
      this.#set.delete(name);
    }
    for (const [name, value] of variables) {
      // Node itself may have read the file at its start: then the value is the same.
      const isOfOthers = ![undefined, value].includes(process.env[name]);
      if (isOfOthers && !this.#set.has(name)) continue;
      process.env[name] = value;
      this.#set.set(name, value);
    }
  }
}
