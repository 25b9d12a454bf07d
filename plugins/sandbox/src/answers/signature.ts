const prefix = "sandbox-signature:";

/** The signature that the sandbox gives to a part: of the function it calls, or `""` for any other part. */
export function signatureFor(functionName: string): string {
  return Buffer.from(`${prefix}${functionName}`).toString("base64");
}

/** The function that a signature was given for; undefined for one that is not of the sandbox's making. */
export function signedFunction(signature: string): string | undefined {
  const text = Buffer.from(signature, "base64").toString();
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
