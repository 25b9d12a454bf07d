/** `npm run reference`: writes docs/plugin-context.md. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { contextReference } from "./context-reference.ts";
import { repository } from "./repository.ts";

await writeFile(join(repository, "docs/plugin-context.md"), await contextReference());
