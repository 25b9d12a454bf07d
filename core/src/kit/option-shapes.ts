/** What options of several plugins are made of, as valibot's schemas. */
import * as v from "valibot";

/**
 * A key that goes into a header. Characters that no header can hold are a mistake in pasting.
 *
 * @example
 * const account = v.strictObject({ key: keyShape, ...accountEntries });
 */
export const keyShape = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]+$/, "must be a key without blanks"),
);

const notWeb = "must be a URL that starts with http(s)://";

/**
 * A URL of the web.
 *
 * @example
 * const schema = v.strictObject({ baseUrl: webUrlShape });
 */
export const webUrlShape = v.pipe(v.string(), v.url(notWeb), v.regex(/^https?:/i, notWeb));

/**
 * A URL of the web that paths are put after: it loses the slashes at its end.
 *
 * @example
 * const schema = v.strictObject({ tokenUrl: v.optional(webAddressShape) });
 */
export const webAddressShape = v.pipe(
  webUrlShape,
  v.transform((url) => url.replace(/\/+$/, "")),
);

/**
 * The option by which a plugin that is used twice has another name.
 *
 * @example
 * const schema = v.strictObject({ name: v.optional(pluginNameShape, "my-vendor") });
 */
export const pluginNameShape = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]*$/, "must be a kebab-case word"),
);

/**
 * The accounts of a config, of which there is at least one where the option is there.
 *
 * @example
 * const account = v.strictObject({ key: keyShape, ...accountEntries });
 * const schema = v.strictObject({ accounts: v.optional(accountListShape(account)) });
 */
export function accountListShape<Account extends v.GenericSchema>(account: Account) {
  return v.pipe(v.array(account), v.minLength(1, "must have at least one account"));
}
