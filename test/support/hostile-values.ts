/** Values that a field never expects, for tests of what becomes of them. */
const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Objects and lists with fields that JavaScript's own conversions call. Parsed, so that `__proto__` is a field like any other. */
const parsed: unknown = JSON.parse(
  `[{"toString":1},{"valueOf":1},{"toString":null,"valueOf":null},{"toJSON":1},{"then":1},
    {"__proto__":{"a":1}},{"__proto__":null},{"constructor":{"prototype":1}},{"hasOwnProperty":1},
    {"length":-1},{"length":1e9},{"0":1,"length":1},{"get":1,"set":1},{"type":{"toString":1}},
    {"type":"text","text":{"toString":1}},{"url":{"toString":1}},{"role":{"toString":1}},
    [{"toString":1}],[[{"valueOf":null}]],{"Symbol.iterator":1},{"$ref":"#"},{"\\u0000":1}]`,
);

export const hostileObjects: readonly unknown[] = Array.isArray(parsed) ? parsed : [];

const words =
  "% %00 ../.. NaN Infinity -1 0x10 1e999 null true [] {} __proto__ constructor toString auto none " +
  "data: data:, data:;base64,@@ data:image/png;base64, http://[ http://127.0.0.1/ file:///etc/passwd gs:// javascript:0";

/** For a field of JSON. */
export const hostileValues: readonly unknown[] = [
  ...hostileObjects,
  null,
  true,
  false,
  0,
  -1,
  0.5,
  2 ** 53,
  1e308,
  -1e-300,
  [],
  {},
  [null],
  [[]],
  [{}],
  ["", 1],
  [true],
  "",
  " ",
  "\0",
  "\ud800",
  "\udc00\ud800",
  "\u202e",
  "\r\n",
  ...words.split(" "),
  "x".repeat(20_000),
  "😀".repeat(300),
  deep(1200),
];

/** For a place that takes text: a field of a form, a parameter of a query, a segment of a path. */
export const hostileTexts: readonly string[] = [
  ...hostileValues.filter((value) => typeof value === "string"),
  '{"toString":1}',
  "[".repeat(2000),
  "1".repeat(400),
  "a,b,,c",
  "💥",
];

const nameWords =
  "__proto__ constructor prototype toString valueOf hasOwnProperty then length get " +
  "[] [ ] a[ a[] a[b a[b] a[][] a.b é";

/** Names that mean something to JavaScript, or to readers of forms. */
export const hostileNames: readonly string[] = [...nameWords.split(" "), "", "\0", "x".repeat(300)];
