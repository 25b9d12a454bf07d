/** What the package that people install adds to core: the plugins that come with it, and presets of them. */
export interface Distribution {
  /** A module of the package, from which its plugins are resolved. */
  readonly url: string;
  /** The short names of its plugins: `x` is `@agproxy/plugin-x`. */
  readonly plugins: readonly string[];
  /** The package.json of the plugin that new ones are made of, as a URL. */
  readonly pluginTemplate: string;
  /** Each makes a list of plugin entries. `default` is also the config of a folder without a file. */
  readonly presets: Readonly<Record<"default", (options: object) => readonly unknown[]>>;
}
