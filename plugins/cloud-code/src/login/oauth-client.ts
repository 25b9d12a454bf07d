import { readFile } from "node:fs/promises";
import * as v from "valibot";

/** The user's own OAuth client, and where it signs in. */
export interface OauthClient {
  readonly id: string;
  readonly secret: string;
  readonly authUrl: string;
  readonly tokenUrl: string;
}

const googleAuthUrl = "https://accounts.google.com/o/oauth2/v2/auth";
const googleTokenUrl = "https://oauth2.googleapis.com/token";

const word = v.pipe(v.string(), v.nonEmpty());
const webUrl = v.pipe(v.string(), v.url(), v.regex(/^https?:/));
/** As the Google Cloud console gives it: https://developers.google.com/identity/protocols/oauth2/native-app */
const clientFile = v.object({
  installed: v.object({
    client_id: word,
    client_secret: word,
    auth_uri: v.optional(webUrl, googleAuthUrl),
    token_uri: v.optional(webUrl, googleTokenUrl),
  }),
});

const advice =
  "Make an OAuth client of the type Desktop app in the Google Cloud console, download its JSON, and name it with --client-file FILE, or set CLOUD_CODE_CLIENT_ID and CLOUD_CODE_CLIENT_SECRET.";

/** The client of a file of the Google Cloud console, or else of the environment. */
export async function oauthClient(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<OauthClient> {
  if (file !== undefined) return clientOf(await readFile(file, "utf8"), file);
  const { CLOUD_CODE_CLIENT_ID: id, CLOUD_CODE_CLIENT_SECRET: secret } = environment;
  if (!id || !secret) throw new Error(`To sign in takes an OAuth client of your own. ${advice}`);
  return { id, secret, authUrl: googleAuthUrl, tokenUrl: googleTokenUrl };
}

function clientOf(text: string, file: string): OauthClient {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), clientFile), text);
  // Without its issues and its cause: they quote what they have read.
  if (!read.success) throw new Error(`${file} is no OAuth client of a desktop app. ${advice}`);
  const { client_id: id, client_secret: secret, auth_uri, token_uri } = read.output.installed;
  return { id, secret, authUrl: auth_uri, tokenUrl: token_uri };
}
