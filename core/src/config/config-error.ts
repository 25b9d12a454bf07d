/** A mistake in the config file or on the command line, in words for the person who made it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
