import type { Ajv2020, ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import type { DataValidationCxt } from "ajv/dist/types/index.js";
import { isObject } from "agproxy";
import type { Branch, Union } from "./union.ts";

type Forgive = (error: ErrorObject) => boolean;

interface Checker {
  (data: unknown, context?: DataValidationCxt): boolean;
  errors?: ErrorObject[];
}

/** Teaches ajv the keyword `union`: of the branches that were meant, the errors of the nearest. */
export function addUnion(ajv: Ajv2020, forgive: Forgive): void {
  ajv.addKeyword({
    keyword: "union",
    errors: "full",
    compile(union: Union) {
      const compiled = new Map<Branch, ValidateFunction>();
      // Compiled when first needed: branches lead back to the union itself.
      const validator = (branch: Branch) => {
        const known = compiled.get(branch) ?? ajv.compile(branch.schema as object);
        compiled.set(branch, known);
        return known;
      };
      const check: Checker = (data, context) => {
        const path = context?.instancePath ?? "";
        const meant = candidates(union, data);
        const errors =
          meant.length === 0
            ? [untagged(union, data, path)]
            : nearest(
                meant.map((branch) => run(validator(branch), data, context)),
                data,
                path,
              );
        check.errors = errors.filter((error) => !forgive(error));
        return check.errors.length === 0;
      };
      return check;
    },
  });
}

function run(validator: ValidateFunction, data: unknown, context: DataValidationCxt | undefined) {
  return validator(data, context) ? [] : (validator.errors ?? []);
}

/** The branches that fit the value's tag. None, where the description declares a tag and no branch has it. */
function candidates({ branches, tag, declared }: Union, data: unknown): readonly Branch[] {
  if (!isObject(data)) return branches;
  const value = data[tag];
  const fitting = branches.filter(({ values }) => values === undefined || values.includes(value));
  if (fitting.length > 0 || declared) return fitting;
  return branches;
}

function untagged({ branches, tag }: Union, data: unknown, path: string): ErrorObject {
  const known = branches.flatMap(({ values }) => values ?? []);
  const value = isObject(data) ? data[tag] : undefined;
  const common = { schemaPath: "", params: { allowedValues: known, missingProperty: tag } };
  return value === undefined
    ? { ...common, keyword: "required", instancePath: path, message: `must have ${tag}`, data }
    : {
        ...common,
        keyword: "enum",
        instancePath: `${path}/${tag}`,
        message: "must be equal to one of the allowed values",
        data: value,
      };
}

/** A branch of the wrong type was not meant; of the others, the one with fewest errors was. */
function nearest(
  results: readonly ErrorObject[][],
  data: unknown,
  path: string,
): readonly ErrorObject[] {
  const wrongType = (errors: readonly ErrorObject[]) =>
    errors.some(({ keyword, instancePath }) => keyword === "type" && instancePath === path);
  const typed = results.filter((errors) => !wrongType(errors));
  if (typed.length > 0) return typed.toSorted((a, b) => a.length - b.length)[0] ?? [];
  const types = results
    .flat()
    .flatMap(({ keyword, instancePath, params }) =>
      keyword === "type" && instancePath === path ? [String(params["type"])] : [],
    );
  const message = `must be ${[...new Set(types)].join(" or ")}`;
  return [{ keyword: "type", instancePath: path, schemaPath: "", params: {}, message, data }];
}
