import { nearestName } from "../kit/options.ts";

declare const value: unique symbol;

/** What a plugin exposes to others, with its type. Made by `defineExposed`. */
export interface Exposed<Value> {
  /** The name of the plugin that exposes it. */
  readonly plugin: string;
  /** Only a type; nothing has it. */
  readonly [value]?: Value;
}

/**
 * Names what a plugin exposes, and its type. The plugin exports it for those who use it.
 *
 * @example
 * const spending = defineExposed<{ of(caller: Caller): number }>("budget");
 * agproxy.expose(spending, { of: () => 0 });
 * const tokens = agproxy.use(spending).of(caller);
 */
export function defineExposed<Value>(plugin: string): Exposed<Value> {
  return { plugin };
}

/** How one plugin exposes something, and uses what others expose. */
export interface Exposing {
  /** Gives this plugin's value to plugins after it. Throws a second time, and for the value of another plugin. */
  expose<Value>(what: Exposed<Value>, given: Value): void;
  /** What another plugin exposes. Throws where that plugin does not stand before this one, or exposes nothing. */
  use<Value>(what: Exposed<Value>): Value;
  /** What another plugin exposes, wherever it stands; undefined where there is none. Ask when it is needed, not in `apply`. */
  find<Value>(what: Exposed<Value>): Value | undefined;
}

/** What the plugins of a gateway expose. */
export class ExposedValues {
  readonly #values = new Map<string, unknown>();
  readonly #names: readonly string[];

  /** `names` are those of the plugins, in their order. */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** What a plugin exposes, if it is there and does. */
  find<Value>(what: Exposed<Value>): Value | undefined {
    return this.#values.get(what.plugin) as Value | undefined;
  }

  of(plugin: string): Exposing {
    return {
      expose: (what, given) => {
        if (what.plugin !== plugin || this.#values.has(plugin)) {
          throw new Error(
            `It exposes ${what.plugin === plugin ? "something a second time" : `what belongs to the plugin "${what.plugin}"`}. A plugin exposes one value, under its own name.`,
          );
        }
        this.#values.set(plugin, given);
      },
      find: (what) => this.find(what),
      use: <Value>(what: Exposed<Value>) => {
        if (!this.#values.has(what.plugin)) throw new Error(this.#missing(plugin, what.plugin));
        // Whoever exposed it was held to the type by the same `Exposed`.
        return this.#values.get(what.plugin) as Value;
      },
    };
  }

  #missing(plugin: string, other: string): string {
    return (
      misplaced(this.#names, plugin, other) ??
      `It uses what the plugin "${other}" exposes, and that exposes nothing. Another version of "${other}" may.`
    );
  }
}

/** The fault of a plugin that needs another before it, with the line to write. */
export function misplaced(
  names: readonly string[],
  plugin: string,
  other: string,
): string | undefined {
  const place = names.indexOf(other);
  if (place !== -1 && place < names.indexOf(plugin)) return undefined;
  const meant = nearestName(
    other,
    names.filter((name) => name !== plugin),
  );
  const guess = meant === undefined ? "" : ` (does it mean "${meant}"?)`;
  const fault =
    place === -1
      ? `It needs the plugin "${other}", which is not in the config${guess}. Add it before "${plugin}"`
      : `It needs the plugin "${other}" before it. Change their order`;
  return `${fault}:\n\n  plugins: [${factory(other)}, ${factory(plugin)}, …]`;
}

/** `model-mapping` as a config names it: `modelMapping()`. */
function factory(plugin: string): string {
  return `${plugin.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}()`;
}
