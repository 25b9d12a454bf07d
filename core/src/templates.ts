import { fileURLToPath } from "node:url";

/** The folder of files that `agproxy init` writes. Found from here, as all that is built lies in one folder. */
export const templates = fileURLToPath(new URL("../templates/", import.meta.url));
